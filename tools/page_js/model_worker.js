// Runs one untrusted model in a worker: see isolated.js. The first message opens the model, each further one runs it.
// Each message has a port for the reply.
const PAGE = 65536; // bytes of a page of WebAssembly's memory
// The size of a string, in bytes, counts as its number of characters plus this: copying many short strings to Python
// takes long.
const STRING_SIZE = 256;

let ort, session, maxOutput;

onmessage = async ({ data: { port, ...message } }) => {
  try {
    port.postMessage(...(await (message.module ? open(message) : run(message))));
  } catch (error) {
    port.postMessage({ error: String(error?.message ?? error) || "no reason was given" });
  }
};

async function open({ module, script, folder, limits, content, options }) {
  if (options.executionProviders.some((each) => (each.name ?? each) !== "wasm")) throw new Error("an isolated model runs on the CPU");
  maxOutput = limits.output;
  ort = await import(script);
  const { instantiate, Memory } = WebAssembly;
  WebAssembly.instantiate = async (_, imports) => ({ module, instance: await instantiate(module, imports) });
  WebAssembly.Memory = class extends Memory {
    constructor({ maximum, ...other }) {
      super({ ...other, maximum: Math.min(maximum, Math.floor(limits.memory / PAGE)) });
    }
  };
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: folder, wasmBinary: new ArrayBuffer(0) });
  session = await ort.InferenceSession.create(content, options);
  const { outputNames, inputMetadata, outputMetadata } = session;
  return [{ value: { outputNames, inputMetadata, outputMetadata } }];
}

async function run({ feeds, wanted }) {
  const tensors = mapped(feeds, ({ type, data, dims }) => new ort.Tensor(type, data, dims));
  const outputs = await session.run(tensors, wanted);
  const value = mapped(outputs, ({ type, data, dims }) => ({ type, data, dims }));
  for (const [name, { data }] of Object.entries(value)) {
    if (size(data) > maxOutput) throw new Error(`the output "${name}" has more than ${maxOutput} bytes`);
  }
  // Buffers of numbers are transferred, not copied; strings have no buffer.
  return [{ value }, Object.values(value).flatMap(({ data }) => data.buffer ?? [])];
}

const size = (data) => data.byteLength ?? data.reduce((sum, text) => sum + STRING_SIZE + text.length, 0);

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
