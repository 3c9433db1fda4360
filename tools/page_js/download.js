// The downloads of the start: begun at once, each only once, counted, and given up when one fails.
import { sizes } from "./site.js";

export const address = (path) => new URL(path, document.baseURI).href;
export const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);

const expected = new Map(Object.entries(sizes).map(([path, size]) => [address(path), size]));
const plainFetch = window.fetch;
const plainInstantiate = globalThis.WebAssembly?.instantiateStreaming;
const begun = new Map(); // by address: the promise of a module, or of bytes
const prepared = new Map(); // by address: what is done with an instance of the module
const modules = new Map(); // by the promise that `fetch` has given: the module's address, its promise
const required = new Set(); // the addresses without which there is no Python
const suspects = new Set();
let tell = () => {};
let done = 0;

function count(bytes) {
  done += bytes;
  tell(done);
}

// Pyodide waits for ever for a file that does not come: `broken` ends the wait.
let refuse;
export const broken = new Promise((_, reject) => (refuse = reject));
broken.catch(() => {});

async function download(url, resource, options) {
  const response = await plainFetch(resource, options);
  if (!response.ok) return response;
  if (navigator.serviceWorker?.controller) {
    // It comes at once, and the browser keeps compiled code beside it, unless it is touched.
    count(expected.get(url));
    return response;
  }
  const counter = new TransformStream({
    transform(piece, out) {
      count(piece.byteLength);
      out.enqueue(piece);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}

// What is compiled while it comes. The rest of a module is compiled when it is wanted.
const isCode = (url) => url.endsWith(".wasm") && !url.endsWith(".rest.wasm");

const compiled = []; // code is kept beside a response only while that is there

// Gives what lies in the Cache Storage; where there is none, or it fails, there is nothing.
export async function kept(url, options) {
  try {
    return await caches.match(url, options);
  } catch {
    return undefined;
  }
}

// What the service worker keeps, without asking it: that takes a third of the time.
async function atHand(url) {
  if (!navigator.serviceWorker?.controller) return undefined;
  const response = await kept(url);
  if (response) count(expected.get(url));
  return response;
}

async function content(url) {
  // Of code, what the browser compiles is kept for the service worker's answers alone.
  const kept = isCode(url) ? undefined : await atHand(url);
  const response = kept ?? (await download(url, url));
  if (!response.ok) throw new Error(`status ${response.status}`);
  if (!isCode(url)) return response.arrayBuffer();
  compiled.push(response);
  return WebAssembly.compileStreaming(response);
}

// Has `fetch` give bytes that are there already.
export function give(path, bytes) {
  begun.set(address(path), Promise.resolve(bytes));
}

// Gives the promise of what has been begun, until `stop`: of a module, or of bytes.
export const begunWith = (path) => begun.get(address(path));

// Has each instance of a module awaited by `prepare(instance, imports)` before anybody has it.
export const preparing = (path, prepare) => prepared.set(address(path), prepare);

// Begins a download, of which `fetch` and `instantiateStreaming` then give what came; gives its
// end. needed: whether there is no Python without it.
export function begin(path, needed = true) {
  const url = address(path);
  const coming = content(url);
  begun.set(url, coming);
  if (needed) required.add(url);
  return coming.then(
    () => {},
    (error) => {
      suspects.add(url);
      if (needed) refuse(new Error(`${url.split("/").pop()}: ${error.message}.`));
    },
  );
}

function startFetch(resource, options) {
  const url = address(resource.url ?? resource);
  const coming = begun.get(url);
  if (!coming) return expected.has(url) ? download(url, resource, options) : plainFetch(resource, options);
  const response = coming.then((bytes) => new Response(isCode(url) ? null : bytes));
  modules.set(response, { url, coming });
  return response;
}

async function startInstantiate(source, imports) {
  const known = modules.get(source);
  if (!known) return plainInstantiate.call(WebAssembly, source, imports);
  try {
    const module = await known.coming;
    const instance = await WebAssembly.instantiate(module, imports);
    await prepared.get(known.url)?.(instance, imports);
    return { module, instance };
  } catch (error) {
    if (required.has(known.url)) refuse(error);
    throw error;
  }
}

// From now until `stop`, told is called with the bytes that have come.
export function start(told) {
  tell = told;
  window.fetch = startFetch;
  WebAssembly.instantiateStreaming = startInstantiate;
}

export function stop() {
  if (window.fetch !== startFetch) return;
  window.fetch = plainFetch;
  WebAssembly.instantiateStreaming = plainInstantiate;
  modules.clear();
  for (const url of begun.keys()) begun.set(url, undefined); // what has come takes memory
}

// What came wrong may have been kept by the browser's cache: ask the server again, for all if nobody
// knows what it was.
export function askAgain() {
  const urls = suspects.size ? [...suspects] : [...begun.keys()];
  return Promise.allSettled(urls.map((url) => plainFetch(url, { cache: "reload" })));
}
