// Runs a model with plain onnxruntime-web, without Python: see visits.py, which calls `runPlain`.
// A tensor is {type, dims, data}; `data` is base64, or an array of strings.
import { output, values } from "./tensors.js";

const seconds = (start) => (performance.now() - start) / 1000;
const fetched = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());

// Downloads a model, opens it and runs it once. `files` are the names of its files with external data.
// Returns the seconds of the load and of the run, and the outputs; or {error}.
window.runPlain = (given) => runPlain(given).catch((error) => ({ error: String(error?.message ?? error) }));

async function runPlain({ address, files, feed, outputs }) {
  const inputs = {};
  for (const [name, tensor] of Object.entries(feed)) inputs[name] = new ort.Tensor(tensor.type, values(tensor), tensor.dims);
  const loadStart = performance.now();
  const content = await fetched(address);
  const externalData = [];
  for (const path of files) externalData.push({ path, data: await fetched(new URL(path, address)) });
  const session = await ort.InferenceSession.create(content, { executionProviders: ["wasm"], externalData });
  const load_s = seconds(loadStart);
  const runStart = performance.now();
  const results = await session.run(inputs, outputs);
  const run_s = seconds(runStart);
  const found = {};
  for (const name of outputs) found[name] = output(results[name]);
  await session.release();
  return { load_s, run_s, outputs: found };
}
