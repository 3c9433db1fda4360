// Runs in a worker when there is no snapshot of Python's memory, as on a first visit, and does what would block the
// page, on a phone for seconds. See first_visit.js, which starts it.
import { fill, image } from "./memory.js";
import { prepareLink } from "./rest.js";
import { folders, lock, module } from "./site.js";
import { loadVendors } from "./vendors.js";

const address = (path) => new URL(`../${path}`, import.meta.url).href;
const loadingVendors = loadVendors(address);

// Returns an object that has all globals of a page, so that Python can import them in the worker. Globals that workers
// lack, such as `document`, are empty substitutes. These suffice, because a snapshot stores only the names of globals:
// in the page that loads the snapshot, the names refer to the page's own objects.
// The proxy's target is an empty object, not globalThis: Pyodide wraps the proxy in another proxy, through which
// getters of globalThis, such as that of `navigator`, would throw an error.
// pageGlobals: for the name of each global of the page, whether the global is a function.
function globalsOf(pageGlobals) {
  const substitutes = new Map(Array.from(pageGlobals, ([name, isFunction]) => [name, isFunction ? function () {} : {}]));
  return new Proxy(
    {},
    {
      get: (_, name) => globalThis[name] ?? substitutes.get(name),
      has: (_, name) => name in globalThis || substitutes.has(name),
    },
  );
}

// Each message names a task and has its argument and a port for the result. Tasks run one after the other.
let last = Promise.resolve();
onmessage = ({ data }) => (last = last.then(() => run(data)));

async function run({ task, argument, port }) {
  try {
    const value = await { createSnapshot, startRuntime, runModel }[task](argument);
    port.postMessage({ value }, value ? [value.content.buffer] : []);
  } catch (error) {
    port.postMessage({ error: String(error?.message ?? error) });
  }
}

// Starts Python, imports the page's module and returns a snapshot of Python's memory: see snapshot.js.
// code: the compiled interpreter. data: its initial memory, and rest: the second part of its code, if these are in
// separate files.
// library: the zip from which Python imports. pageGlobals: see globalsOf.
async function createSnapshot({ code, data, rest, library, pageGlobals }) {
  // Pyodide starts differently where WebAssembly.Suspending exists. The page deletes it (python.js says why), and it
  // is the page that loads the snapshot.
  delete WebAssembly.Suspending;
  globalThis.fetch = async (url) => new Response(String(url).endsWith(".zip") ? library : null);
  let fail;
  const failed = new Promise((_, reject) => (fail = reject)); // Pyodide itself would wait for ever
  async function instantiate(imports) {
    const instance = await WebAssembly.instantiate(code, imports);
    if (data) await fill(new Uint8Array(instance.exports.memory.buffer), data);
    if (rest) await prepareLink(instance, imports, rest)();
    return { module: code, instance };
  }
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const result = instantiate(imports);
    result.catch(fail);
    return result;
  };
  const { loadPyodide, createPyodide } = await loadingVendors;
  const loading = loadPyodide({
    indexURL: address(folders.pyodide),
    stdLibURL: address(`${folders.python}library.zip`),
    lockFileContents: lock,
    jsglobals: globalsOf(pageGlobals),
    createPyodideModule: createPyodide,
    _makeSnapshot: true,
  });
  const pyodide = await Promise.race([loading, failed]);
  pyodide.pyimport(module).destroy();
  // Garbage may hold JavaScript objects, which a snapshot can't store.
  const gc = pyodide.pyimport("gc");
  gc.collect();
  gc.destroy();
  const { API, HEAPU8 } = pyodide._module;
  const before = new Uint8Array(HEAPU8.length);
  if (data) await fill(before, data);
  return { state: API.serializeHiwireState(), content: image(HEAPU8, before) };
}

// Starts onnxruntime-web. Browsers compile most functions of a module when they are first called. The page and its
// workers share a compiled module, so functions that are called here are then compiled for the page, too.
// code: the compiled onnxruntime-web. data: its initial memory, if that is in a separate file.
let ort;
async function startRuntime({ code, data }) {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (_, imports) => {
    const instance = await instantiate(code, imports);
    const memory = Object.values(imports.a).find((each) => each instanceof WebAssembly.Memory);
    if (data) await fill(new Uint8Array(memory.buffer), data);
    return { module: code, instance };
  };
  ({ ort } = await loadingVendors);
  Object.assign(ort.env.wasm, { numThreads: 1, wasmBinary: new ArrayBuffer(0) });
  await ort.InferenceSession.create(new Uint8Array(0)).catch(() => {}); // refused, but it starts the runtime
  WebAssembly.instantiate = instantiate; // Python may be started afterwards
}

// Opens a model and runs it once.
async function runModel(content) {
  const session = await ort.InferenceSession.create(content, { executionProviders: ["wasm"] });
  const feeds = {};
  for (const { name, type, shape } of session.inputMetadata) {
    const dims = shape.map((size) => (typeof size === "number" ? size : 1));
    feeds[name] = new ort.Tensor(type, new Float32Array(dims.reduce((product, size) => product * size, 1)), dims);
  }
  await session.run(feeds);
}
