// Removes unused code from a script and shortens names: node minify.mjs IN OUT
import { readFileSync, writeFileSync } from "node:fs";
import { minify } from "terser";

const [source, target] = process.argv.slice(2);
const { code } = await minify(readFileSync(source, "utf8"), {
  module: true,
  compress: { passes: 3, pure_getters: true },
});
writeFileSync(target, code);
