// onnxruntime-web for untrusted models. Each model runs in a worker of its own, which is terminated if it
// crashes or takes too long. Only the parts of onnxruntime-web that offline_onnx uses are here.
const CODE = "ort-wasm-simd-threaded.wasm";
const WORKER = "model_worker.js";
const SCRIPT = "ort.wasm.min.mjs";
const SCRIPTS = [WORKER, SCRIPT, "ort-wasm-simd-threaded.mjs"];

const address = (name) => new URL(name, import.meta.url);

// A page's Content Security Policy can allow this worker by the name of the Trusted Types policy.
const types = globalThis.trustedTypes?.createPolicy("model-worker", { createScriptURL: () => address(WORKER).href });

let module; // the compiled code, which all workers share

// Returns an onnxruntime-web for untrusted models, from the files beside this one. limits: see isolatedFrom.
export async function isolated(limits) {
  module ??= await compiled(await fetch(address(CODE)));
  await Promise.all(SCRIPTS.map((name) => fetch(address(name)))); // so that the timeout includes no download
  const files = { module, script: address(SCRIPT).href, folder: address(".").href };
  return isolatedFrom(types?.createScriptURL(WORKER) ?? address(WORKER), files, limits);
}

// Returns an onnxruntime-web for untrusted models, from files at other addresses.
// worker: the address of model_worker.js.
// files.module: the compiled code. files.script: the address of onnxruntime-web's script. files.folder: the address
// of the folder with the script's second part, if it has one.
// limits.seconds: the time limit for opening a model and its first run together, and for each later run.
// limits.memory: the maximum memory of a model, in bytes. limits.output: the maximum size of an output, in bytes.
export function isolatedFrom(worker, files, limits) {
  const create = async (content, options) => {
    const session = new Session(worker, limits.seconds);
    try {
      await session.open({ ...files, limits, content, options });
    } catch (error) {
      await session.release();
      throw error;
    }
    return session;
  };
  return { InferenceSession: { create }, Tensor };
}

async function compiled(response) {
  // Browsers compile a response while it arrives only if it has this type. Some hosts send another type.
  const isStreamed = response.headers.get("Content-Type") === "application/wasm";
  return isStreamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

class Tensor {
  constructor(type, data, dims) {
    Object.assign(this, { type, data, dims });
  }
}

class Session {
  #worker;
  #seconds;
  #remaining;
  #end;
  #ended = new Promise((_, reject) => {
    this.#end = (why) => {
      this.#worker.terminate();
      reject(new Error(why));
    };
  });

  constructor(worker, seconds) {
    this.#worker = new Worker(worker, { type: "module" });
    [this.#seconds, this.#remaining] = [seconds, 1000 * seconds];
    this.#ended.catch(() => {}); // #ask throws the error
    this.#worker.onerror = () => this.#end("the worker that runs it has crashed");
  }

  async open(model) {
    const begun = performance.now();
    Object.assign(this, await this.#ask(model)); // the names and descriptions of inputs and outputs
    this.#remaining -= performance.now() - begun;
  }

  async run(feeds, wanted) {
    const buffers = Object.values(feeds).flatMap(({ data }) => data.buffer ?? []); // strings have no buffer
    const outputs = await this.#ask({ feeds, wanted }, buffers);
    this.#remaining = 1000 * this.#seconds;
    return outputs;
  }

  async release() {
    this.#end("it was closed");
  }

  async #ask(message, buffers = []) {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    const timer = setTimeout(() => this.#end(`no answer came for ${this.#seconds} seconds`), this.#remaining);
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
