// Runs a model with the changed onnxruntime-web in FOLDER (see tools/lean/runtime.py) and prints a JSON array of numbers:
// node runtime.mjs state FOLDER MODEL.onnx MALLOC FREE MEMORY   opens, runs and closes a session;
//     writes the memory to the file MEMORY; prints the values of the exported globals `global:NUMBER`.
//     MALLOC and FREE are the names under which the module exports these functions.
// node runtime.mjs calls FOLDER MODEL.onnx                      runs the model in every way that a page
//     may run it; prints each NUMBER whose exported global `called:NUMBER` is not 0
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [task, folder, file, malloc, free, target] = process.argv.slice(2);
// The largest batch is an image and its copies with one patch erased each: see py/digits/reading/occlusion.py.
const BATCHES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 32, 64, 100, 145];
const EXTREMES = [0, 1, -1, 1e-40, 1e4, -1e4, 1e30, -1e30, Infinity, -Infinity, NaN];
const address = pathToFileURL(`${folder}/`).href;
const content = new Uint8Array(readFileSync(file));

// The memory after this run becomes a file of the site, so it has to be the same on every machine: nothing may
// depend on the arguments, the time or random numbers.
process.argv.length = 1;
Date.now = performance.now = () => 0;
Object.defineProperty(performance, "timeOrigin", { value: 0 });
Math.random = () => 0.5;
crypto.getRandomValues = (bytes) => bytes.fill(0);

let exports, memory;
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (bytes, imports) => {
  const result = await instantiate.call(WebAssembly, bytes, imports);
  ({ exports } = result.instance);
  memory = Object.values(imports).flatMap(Object.values).find((each) => each instanceof WebAssembly.Memory);
  return result;
};

const ort = await import(`${address}ort.wasm.min.mjs`);
Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: address });
const open = (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
const values = (prefix) =>
  Object.entries(exports)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { value }]) => [Number(name.slice(prefix.length)), value]);

const shades = (_, index) => (index % 7) / 7;

// valueAt(element, index) returns the input value at an index. For extreme values, the module may call functions
// that it does not call otherwise.
async function run(session, batch, valueAt = shades, outputs = session.outputNames) {
  const feeds = {};
  for (const { name, type, shape } of session.inputMetadata) {
    if (type !== "float32") throw new Error(`${name} is of the type ${type}: only float32 is supported.`);
    const dims = shape.map((size) => (typeof size === "number" ? size : batch));
    const zeros = new Float32Array(dims.reduce((product, size) => product * size, 1));
    feeds[name] = new ort.Tensor(type, zeros.map(valueAt), dims);
  }
  await session.run(feeds, outputs);
}

// Fills freed memory with zeros, because zeros take no space in the data file. It allocates blocks and
// fills them with zeros, from the largest block size down. For each size, it stops as soon as a block lies
// above the last non-zero byte, because the memory there was never used.
function clearFreeMemory() {
  const bytes = new Uint8Array(memory.buffer);
  const lastNonZero = bytes.findLastIndex((byte) => byte);
  const blocks = [];
  for (let size = 1 << 18; size >= 16; size >>= 1) {
    let block;
    do {
      block = exports[malloc](size) >>> 0;
      bytes.fill(0, block, block + size);
      blocks.push(block);
    } while (block < lastNonZero);
  }
  for (const block of blocks.reverse()) exports[free](block);
}

const session = await open(content);
await run(session, 1);
if (task === "state") {
  await session.release();
  clearFreeMemory();
  writeFileSync(target, new Uint8Array(memory.buffer).slice());
  console.log(JSON.stringify(values("global:").sort(([a], [b]) => a - b).map(([, value]) => value)));
} else {
  for (const batch of BATCHES) await run(session, batch);
  for (const name of session.outputNames) await run(session, 1, shades, [name]);
  for (const extreme of EXTREMES) await run(session, 1, () => extreme);
  await run(session, 2, (_, index) => EXTREMES[index % EXTREMES.length]);
  const wrong = new ort.Tensor("float32", new Float32Array(5), [5]);
  const name = session.inputNames[0];
  const invalidCalls = [
    () => open(new Uint8Array(0)),
    () => open(content.subarray(0, content.length / 2)),
    () => open(content.map((byte) => byte ^ 85)),
    () => session.run({ [name]: wrong }),
    () => session.run({ [name]: new ort.Tensor("int32", new Int32Array(5), [5]) }),
  ];
  for (const call of invalidCalls) await call().then(() => { throw new Error("An invalid call did not fail."); }, () => {});
  const other = await open(content);
  await session.release();
  await run(other, 1);
  await other.release();
  console.log(JSON.stringify(values("called:").filter(([, value]) => value).map(([number]) => number)));
}
process.exit(0);
