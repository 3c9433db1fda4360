// onnxruntime-web for untrusted models. Each model runs in a worker of its own, which is terminated if it
// crashes or takes too long. Only the parts of onnxruntime-web that offline_onnx uses are here.
const TIMEOUT = 3000; // milliseconds for opening a model and its first run together, and for each later run
const CODE = "ort-wasm-simd-threaded.wasm";
const WORKER = "model_worker.js";
const SCRIPT = "ort.wasm.min.mjs";
const SCRIPTS = [WORKER, SCRIPT, "ort-wasm-simd-threaded.mjs"];

const address = (name) => new URL(name, import.meta.url);

// A page's Content Security Policy can allow this worker by the name of the Trusted Types policy.
const types = globalThis.trustedTypes?.createPolicy("model-worker", { createScriptURL: () => address(WORKER).href });

// The address of model_worker.js, and what it needs: see isolatedFrom.
let worker, needed;

// Returns an onnxruntime-web that consists of the files beside this one.
export async function isolated() {
  const module = needed?.module ?? (await compiled(await fetch(address(CODE))));
  await Promise.all(SCRIPTS.map((name) => fetch(address(name)))); // so that the timeout includes no download
  const files = { module, script: address(SCRIPT).href, folder: address(".").href };
  return isolatedFrom(types?.createScriptURL(WORKER) ?? address(WORKER), files);
}

// Returns an onnxruntime-web that consists of other files.
// workerAddress: of model_worker.js.
// files.module: the compiled code, which all workers share. files.script: the address of onnxruntime-web's script.
// files.folder: the address of the folder with the script's second part, if it has one.
export function isolatedFrom(workerAddress, files) {
  [worker, needed] = [workerAddress, files];
  return { InferenceSession: { create }, Tensor };
}

async function compiled(response) {
  // Browsers compile a response while it arrives only if it has this type. Some hosts send another type.
  const isStreamed = response.headers.get("Content-Type") === "application/wasm";
  return isStreamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

async function create(content, { externalData }) {
  const session = new Session();
  try {
    await session.open(content, externalData);
  } catch (error) {
    await session.release();
    throw error;
  }
  return session;
}

class Tensor {
  constructor(type, data, dims) {
    Object.assign(this, { type, data, dims });
  }
}

class Session {
  #worker = new Worker(worker, { type: "module" });
  #remaining = TIMEOUT;
  #end;
  #ended = new Promise((_, reject) => {
    this.#end = (why) => {
      this.#worker.terminate();
      reject(new Error(why));
    };
  });

  constructor() {
    this.#ended.catch(() => {}); // #ask throws the error
    this.#worker.onerror = () => this.#end("the worker that runs it has crashed");
  }

  async open(content, externalData) {
    const begun = performance.now();
    this.outputNames = await this.#ask({ ...needed, content, externalData });
    this.#remaining -= performance.now() - begun;
  }

  async run(feeds, wanted) {
    const buffers = Object.values(feeds).flatMap(({ data }) => data.buffer ?? []); // strings have no buffer
    const outputs = await this.#ask({ feeds, wanted }, buffers);
    this.#remaining = TIMEOUT;
    return outputs;
  }

  async release() {
    this.#end("it was closed");
  }

  async #ask(message, buffers = []) {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    const timer = setTimeout(() => this.#end(`no answer came for ${TIMEOUT / 1000} seconds`), this.#remaining);
    this.#worker.postMessage({ ...message, port: port2 }, [port2, ...buffers]);
    try {
      const { value, error } = await Promise.race([answered, this.#ended]);
      if (error) throw new Error(error);
      return value;
    } finally {
      clearTimeout(timer);
      port1.close();
    }
  }
}
