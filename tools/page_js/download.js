// The downloads of a start: all begin at once, each only once, and are counted; the start fails with one.
import { sizes } from "./site.js";

export const address = (path) => new URL(path, document.baseURI).href;
export const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);

const expected = new Map(Object.entries(sizes).map(([path, size]) => [address(path), size]));
const plainFetch = window.fetch;
const plainInstantiate = globalThis.WebAssembly?.instantiateStreaming;
const downloads = new Map(); // by address: the promise of a module, or of bytes
const preparations = new Map(); // by address: what is done with an instance of the module
const modules = new Map(); // by the promise that `fetch` returned: the module's address and promise
const required = new Set(); // the addresses without which there is no Python
const suspects = new Set(); // the addresses of what failed
let report = () => {};
let done = 0;

function count(bytes) {
  done += bytes;
  report(done);
}

// Pyodide waits for ever for a file that does not come. `failed` rejects then, to end the wait.
let fail;
export const failed = new Promise((_, reject) => (fail = reject));
failed.catch(() => {});

async function download(url, resource, options) {
  const response = await plainFetch(resource, options);
  if (!response.ok) return response;
  if (navigator.serviceWorker?.controller) {
    // It comes at once. Left untouched, it lets the browser use the compiled code that it has stored.
    count(expected.get(url));
    return response;
  }
  const counter = new TransformStream({
    transform(chunk, out) {
      count(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}

// Code is compiled while it is downloaded, but for the second half of a module: see rest.js.
const isCode = (url) => url.endsWith(".wasm") && !url.endsWith(".rest.wasm");

const compiled = []; // browsers store compiled code only while its response exists

// Returns what the Cache Storage has; undefined if it lacks it, fails or does not exist.
export async function cached(url, options) {
  try {
    return await caches.match(url, options);
  } catch {
    return undefined;
  }
}

// Returns what the service worker has stored, without asking it: that takes a third of the time.
async function stored(url) {
  if (!navigator.serviceWorker?.controller) return undefined;
  const response = await cached(url);
  if (response) count(expected.get(url));
  return response;
}

async function content(url) {
  // Browsers store compiled code only for what the service worker answers.
  const found = isCode(url) ? undefined : await stored(url);
  const response = found ?? (await download(url, url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  if (!isCode(url)) return response.arrayBuffer();
  compiled.push(response);
  return WebAssembly.compileStreaming(response);
}

// Has `fetch` answer with these bytes.
export function provide(path, bytes) {
  downloads.set(address(path), Promise.resolve(bytes));
}

// Returns the promise of a download that has begun, until `stop`: of a module, or of bytes.
export const downloaded = (path) => downloads.get(address(path));

// Has `instantiateStreaming` await `prepare(instance, imports)` before it returns an instance of a module.
export const prepareWith = (path, prepare) => preparations.set(address(path), prepare);

// Begins a download that `fetch` and `instantiateStreaming` will answer with; resolves when it has ended.
// needed: whether there is no Python without it.
export function begin(path, needed = true) {
  const url = address(path);
  const download = content(url);
  downloads.set(url, download);
  if (needed) required.add(url);
  return download.then(
    () => {},
    (error) => {
      suspects.add(url);
      if (needed) fail(new Error(`${url.split("/").pop()}: ${error.message}.`));
    },
  );
}

function startFetch(resource, options) {
  const url = address(resource.url ?? resource);
  const begun = downloads.get(url);
  if (!begun) return expected.has(url) ? download(url, resource, options) : plainFetch(resource, options);
  const response = begun.then((bytes) => new Response(isCode(url) ? null : bytes));
  modules.set(response, { url, begun });
  return response;
}

async function startInstantiate(source, imports) {
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

// From now until `stop`, calls `progress` with the number of bytes downloaded so far.
export function start(progress) {
  report = progress;
  window.fetch = startFetch;
  WebAssembly.instantiateStreaming = startInstantiate;
}

export function stop() {
  if (window.fetch !== startFetch) return;
  window.fetch = plainFetch;
  WebAssembly.instantiateStreaming = plainInstantiate;
  modules.clear();
  for (const url of downloads.keys()) downloads.set(url, undefined); // they take memory
}

// Replaces what the browser's own cache may have stored wrongly: what failed, or else everything.
export function downloadAgain() {
  const urls = suspects.size ? [...suspects] : [...downloads.keys()];
  return Promise.allSettled(urls.map((url) => plainFetch(url, { cache: "reload" })));
}
