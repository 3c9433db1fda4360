// Writes FILE.br and FILE.gz beside each file, as small as possible: node compress.mjs CACHE FILE...
// CACHE is a folder of compressed files from earlier builds. The name of each is the digest of the
// uncompressed file, and its modification time is the time of its last use.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
const brotli = (bytes) =>
  promisify(brotliCompress)(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
const encoders = { br: brotli, gz: (bytes) => promisify(gzip)(bytes, { level: 9 }) };

const [cache, ...files] = process.argv.slice(2);
mkdirSync(cache, { recursive: true });

async function compress(file, ending) {
  const bytes = readFileSync(file);
  const cached = join(cache, `${createHash("sha256").update(bytes).digest("hex")}.${ending}`);
  if (!existsSync(cached)) {
    const temporary = `${cached}.${process.pid}`;
    writeFileSync(temporary, await encoders[ending](bytes));
    renameSync(temporary, cached); // so that the cache never contains an incomplete file
  }
  const now = new Date();
  utimesSync(cached, now, now);
  copyFileSync(cached, `${file}.${ending}`);
}

await Promise.all(files.flatMap((file) => Object.keys(encoders).map((ending) => compress(file, ending))));
