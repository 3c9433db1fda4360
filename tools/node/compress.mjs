// Writes FILE.br and FILE.gz beside each file, as small as they get: node compress.mjs KEPT FILE...
// KEPT is a folder for what has been compressed before, by its content.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
const brotli = (bytes) =>
  promisify(brotliCompress)(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
const kinds = { br: brotli, gz: (bytes) => promisify(gzip)(bytes, { level: 9 }) };

const [kept, ...files] = process.argv.slice(2);
mkdirSync(kept, { recursive: true });

async function compress(file, ending) {
  const bytes = readFileSync(file);
  const known = join(kept, `${createHash("sha256").update(bytes).digest("hex")}.${ending}`);
  if (!existsSync(known)) {
    const written = `${known}.${process.pid}`;
    writeFileSync(written, await kinds[ending](bytes));
    renameSync(written, known); // whole or not at all
  }
  copyFileSync(known, `${file}.${ending}`);
}

await Promise.all(files.flatMap((file) => Object.keys(kinds).map((ending) => compress(file, ending))));
