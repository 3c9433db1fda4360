// Starts Python in a worker and runs a Python file: see run.js. In Python, `onnxruntime_web` and
// `isolated_onnxruntime_web` are as in python.js, except that the number of threads is not set to 1, so that the
// first session can set it. `offline_onnx_worker` has `port`, the channel to the page, and `base`, the address from
// which the page's relative addresses start.
import { installPackages } from "./packages.js";
import { folders, lock } from "./site.js";
import { loadVendors } from "./vendors.js";

// main: the address of the file. base, port: see above. reply: a port for the outcome.
onmessage = async ({ data: { main, base, port, reply } }) => {
  try {
    await run(main, base, port);
    reply.postMessage({});
  } catch (error) {
    reply.postMessage({ error: String(error?.message ?? error) });
  }
};

async function run(main, base, port) {
  const address = (path) => new URL(path, base).href;
  const { loadPyodide, createPyodide, ort } = await loadVendors(address);
  const pyodide = await loadPyodide({
    indexURL: address(folders.pyodide),
    stdLibURL: address(`${folders.python}library.zip`),
    lockFileContents: lock,
    packageBaseUrl: folders.packages && address(folders.packages),
    createPyodideModule: createPyodide,
  });
  pyodide.registerJsModule("onnxruntime_web", ort);
  pyodide.registerJsModule("isolated_onnxruntime_web", {
    isolatedRuntime: async (limits) => (await import(address(`${folders.onnxruntime}isolated.js`))).isolated(limits),
  });
  pyodide.registerJsModule("offline_onnx_worker", { port, base });
  await installPackages(pyodide, address);
  const response = await fetch(address(main));
  if (!response.ok) throw new Error(`${main}: status ${response.status}`);
  await pyodide.runPythonAsync(await response.text(), { filename: main });
}
