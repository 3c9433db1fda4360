// Runs a model in onnxruntime-web alone, and in offline_onnx: see main.py. Called by tools/backend/run.py.
import { output, toBytes, values } from "./tensors.js";

const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

async function runPlain({ model, feeds }) {
  const session = await ort.InferenceSession.create(toBytes(model), { executionProviders: ["wasm"] });
  try {
    const results = [];
    for (const feed of feeds) {
      const inputs = mapped(feed, (tensor) => new ort.Tensor(tensor.type, values(tensor), tensor.dims));
      results.push(mapped(await session.run(inputs), output));
    }
    return results;
  } finally {
    await session.release();
  }
}

const runLibrary = (isolated) => async ({ model, ...given }) =>
  JSON.parse(await runInPython(toBytes(model), JSON.stringify(given), isolated));

// Returns a function that resolves to {results}, or to {error, hasCrashed}. After a crash of the WebAssembly module, the page can't run models.
const caught = (run) => async (given) => {
  try {
    return { results: await run(given) };
  } catch (error) {
    const hasCrashed = !(error instanceof Error) || error instanceof WebAssembly.RuntimeError;
    return { error: String(error?.message ?? error), hasCrashed };
  }
};

window.backend = {
  onnxruntime_web: caught(runPlain),
  offline_onnx: caught(runLibrary(false)),
  isolated: caught(runLibrary(true)),
};
