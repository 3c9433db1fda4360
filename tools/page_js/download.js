// Downloads the files that Python's start needs: all at once, each only once, with progress.
import { compressed, others, sizes } from "./site.js";

export const address = (path) => new URL(path, document.baseURI).href;

const byAddress = (bytes) => new Map(Object.entries(bytes).map(([path, size]) => [address(path), size]));
const expected = byAddress(sizes); // bytes after decompression
const asBuilt = { identity: expected, br: byAddress(compressed.br), gzip: byAddress(compressed.gzip) }; // by content coding
const plainFetch = window.fetch;
const plainInstantiate = globalThis.WebAssembly?.instantiateStreaming;
const downloads = new Map(); // address -> promise of a compiled module or of bytes
const preparations = new Map(); // address -> function that prepares an instance of the module
const modules = new Map(); // promise that `fetchDuringStart` returned -> the module's address and promise
const required = new Set(); // addresses of files without which Python can't start
const failures = new Set(); // addresses of failed downloads
let report = () => {};
const loaded = new Map(); // address -> bytes that have arrived, after decompression
const transfers = new Map(); // address -> bytes of the whole file on the network, once its response has begun
let firstCoding = "identity"; // content coding of the first compressed response, or "identity" if there is none yet

// Returns a file's size on the network, as measured by the build: an estimate for responses that don't state their
// size, such as those of a server that compresses while it sends.
const estimate = (url, coding) => (asBuilt[coding] ?? asBuilt.br).get(url) ?? expected.get(url);

function responseBegins(url, { headers, status }) {
  const coding = headers.get("content-encoding") ?? "identity";
  if (firstCoding === "identity") firstCoding = coding;
  const isWhole = status === 200 && coding !== "identity"; // then Content-Length counts the whole compressed file
  transfers.set(url, (isWhole && Number(headers.get("content-length"))) || estimate(url, coding));
}

function count(url, bytes) {
  loaded.set(url, Math.min((loaded.get(url) ?? 0) + bytes, expected.get(url)));
  let done = others[firstCoding] ?? others.br; // bytes of the page and its scripts, which have arrived already
  let total = done;
  for (const [each, size] of expected) {
    const transfer = transfers.get(each) ?? estimate(each, firstCoding);
    total += transfer;
    done += (transfer * (loaded.get(each) ?? 0)) / size;
  }
  report(done, total);
}

// Rejects if a required download fails: Pyodide itself would wait for the file for ever.
let fail;
export const failed = new Promise((_, reject) => (fail = reject));
failed.catch(() => {});

async function download(url, resource, options) {
  const response = await plainFetch(resource, options);
  if (!response.ok) return response;
  if (navigator.serviceWorker?.controller) {
    // The service worker responds at once, so no progress is counted. The response is passed on unchanged, so that
    // the browser can use its cache of compiled code.
    count(url, expected.get(url));
    return response;
  }
  responseBegins(url, response);
  const counter = new TransformStream({
    transform(chunk, out) {
      count(url, chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}

// Modules are compiled during the download, except the second part of a split module: see rest.js.
const isCode = (url) => url.endsWith(".wasm") && !url.endsWith(".rest.wasm");

const responses = []; // kept alive: otherwise browsers don't cache the compiled code

// Returns a response from the Cache Storage; undefined if there is none or the Cache Storage fails.
export async function cached(url, options) {
  try {
    return await caches.match(url, options);
  } catch {
    return undefined;
  }
}

// Returns the response in the service worker's cache. This is three times as fast as asking the worker.
async function stored(url) {
  if (!navigator.serviceWorker?.controller) return undefined;
  const response = await cached(url);
  if (response) count(url, expected.get(url));
  return response;
}

async function content(url) {
  // Browsers cache compiled code only for responses that come through the service worker.
  const found = isCode(url) ? undefined : await stored(url);
  const response = found ?? (await download(url, url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  if (!isCode(url)) return response.arrayBuffer();
  // Browsers compile a response only if it has the right media type, which some hosts don't know.
  if (!isWasm(response)) return WebAssembly.compile(await response.arrayBuffer());
  responses.push(response);
  return WebAssembly.compileStreaming(response);
}

const isWasm = ({ headers }) => /^application\/wasm\b/i.test(headers.get("content-type") ?? "");

// Makes `fetch` return these bytes for a path.
export function provide(path, bytes) {
  downloads.set(address(path), Promise.resolve(bytes));
}

// Returns the promise of a download: a compiled module or bytes. After `restoreFetch`, returns undefined.
export const downloaded = (path) => downloads.get(address(path));

// Makes `instantiateStreaming` await `prepare(instance, imports)` before it returns an instance of this module.
export const prepareWith = (path, prepare) => preparations.set(address(path), prepare);

// Begins a download whose result `fetch` and `instantiateStreaming` return; resolves when it has ended.
// needed: whether Python needs the file to start.
export function begin(path, needed = true) {
  const url = address(path);
  const result = content(url);
  downloads.set(url, result);
  if (needed) required.add(url);
  return result.then(
    () => {},
    (error) => {
      failures.add(url);
      if (needed) fail(new Error(`${url.split("/").pop()}: ${error.message}.`));
    },
  );
}

function fetchDuringStart(resource, options) {
  const url = address(resource.url ?? resource);
  const begun = downloads.get(url);
  if (!begun) return expected.has(url) ? download(url, resource, options) : plainFetch(resource, options);
  const response = begun.then((bytes) => new Response(isCode(url) ? null : bytes));
  modules.set(response, { url, begun });
  return response;
}

async function instantiateDuringStart(source, imports) {
  const known = modules.get(source);
  if (!known) return plainInstantiate.call(WebAssembly, source, imports);
  try {
    const module = await known.begun;
    const instance = await WebAssembly.instantiate(module, imports);
    await preparations.get(known.url)?.(instance, imports);
    return { module, instance };
  } catch (error) {
    if (required.has(known.url)) fail(error);
    throw error;
  }
}

// Replaces `fetch` and `instantiateStreaming`; calls `progress` as startPython in python.js says.
export function replaceFetch(progress) {
  report = progress;
  window.fetch = fetchDuringStart;
  WebAssembly.instantiateStreaming = instantiateDuringStart;
}

export function restoreFetch() {
  if (window.fetch !== fetchDuringStart) return;
  window.fetch = plainFetch;
  WebAssembly.instantiateStreaming = plainInstantiate;
  modules.clear();
  for (const url of downloads.keys()) downloads.set(url, undefined); // frees the memory
}

// Replaces files that may be damaged in the browser's HTTP cache: the failed files, or all if none failed.
export function downloadAgain() {
  const urls = failures.size ? [...failures] : [...downloads.keys()];
  return Promise.allSettled(urls.map((url) => plainFetch(url, { cache: "reload" })));
}
