// Runs a model in onnxruntime-web alone, and in offline_onnx: see main.py. Called by tools/backend/run.py.
// A tensor is {type, dims, data}; `data` is base64, or an array of strings. 4-bit integers take a byte each.
const TYPES = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const toText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

function values({ type, data }) {
  if (type === "string") return data;
  const bytes = toBytes(data);
  if (["int4", "uint4"].includes(type)) {
    const packed = new Uint8Array(Math.ceil(bytes.length / 2));
    bytes.forEach((byte, index) => (packed[index >> 1] |= (byte & 15) << (4 * (index & 1))));
    return packed;
  }
  if (!TYPES[type]) throw new Error(`onnxruntime-web has no tensors of ${type}`);
  return new TYPES[type](bytes.buffer);
}

const output = ({ type, dims, data }) => ({
  type,
  dims,
  data: type === "string" ? data : toText(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
});

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

// Returns {results}, or {error, hasCrashed}. After a crash of the WebAssembly module, the page can't run models.
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
