// Joins a script with the modules that it imports, so that a page requests one file instead of all of them:
// node join_scripts.mjs IN OUT
// Two kinds of modules stay files beside OUT: site.js, which is written after all other files because it lists their
// sizes; and modules that the script imports only when it needs them, by `import("./NAME.js")`.
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { rollup } from "rollup";
import { minify } from "terser";

const [source, target] = process.argv.slice(2);
const SITE = "site.js";
const bundle = await rollup({
  input: source,
  external: (id) => basename(id) === SITE,
  plugins: [{ name: "on-demand", resolveDynamicImport: (id) => (typeof id === "string" ? { id, external: true } : false) }],
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
const { output } = await bundle.generate({ format: "es", paths: (id) => `./${basename(id)}` });
const { code } = await minify(output[0].code, { module: true });
// With the comment, Chromium compiles all functions in the background while it loads the file:
// https://v8.dev/blog/explicit-compile-hints
writeFileSync(target, `//# allFunctionsCalledOnLoad\n${code}`);
