// A snapshot of Python's memory with the page's module imported: taken at the first start, stored beside
// the page's files, and restored at every later start. Pyodide's functions for it are private, so that
// anything may fail here; then Python starts without a snapshot.
import { address, cached } from "./download.js";
import { fill, image } from "./memory.js";
import { folders } from "./site.js";

const CACHE = `python-snapshot-${new URL(".", document.baseURI).pathname}`; // sites may share an origin
const NAME = address(`${folders.pyodide}${folders.python.replaceAll("/", "-")}.snapshot`);

// The page's globals, as an object that Pyodide can wrap in its own proxies.
const globals = new Proxy(
  {},
  { get: (_, name) => globalThis[name], has: (_, name) => name in globalThis },
);

// What `loadPyodide` needs as options, so that a snapshot can be taken.
export const snapshotOptions = { jsglobals: globals, _makeSnapshot: true };

// Takes a snapshot of a Pyodide that was started with `snapshotOptions`: its memory and its state.
// data: the image of every Pyodide's initial memory, if it is known.
export function take(pyodide, data) {
  const { API, HEAPU8 } = pyodide._module;
  const before = new Uint8Array(HEAPU8.length);
  if (data) fill(before, data);
  return { state: API.serializeHiwireState(), content: image(HEAPU8, before) };
}

// Returns what `loadPyodide` needs as options to start from a snapshot, given as a promise.
export const restoreOptions = (snapshot) => ({
  _loadSnapshot: new Uint8Array(0),
  async createPyodideModule(settings) {
    const { default: create } = await import(address(`${folders.pyodide}pyodide.asm.mjs`));
    const module = await create(settings);
    let { state, content } = await snapshot;
    module.API.restoreSnapshot = () => {
      fill(module.HEAPU8, content);
      content = undefined; // Pyodide never frees this function
      return state;
    };
    return module;
  },
});

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// The stored format: the SHA-256 of all that follows; the length of the head, 32 bits; the head as JSON;
// the memory's image.
const HEAD = 32 + 4;

// Looks for a snapshot of these very files; returns a promise of it, inside an object, or undefined.
export async function find() {
  const response = await cached(NAME, { cacheName: CACHE });
  if (!response) return undefined;
  const snapshot = read(response);
  snapshot.catch(() => {}); // those who await it get the error
  return { snapshot };
}

async function read(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = await digest(bytes.subarray(32));
  if (sha256.some((byte, index) => byte !== bytes[index])) throw new Error("It is damaged.");
  const end = HEAD + new DataView(bytes.buffer).getUint32(32);
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, end))), content: bytes.subarray(end) };
}

// Stores a snapshot in place of all others.
export async function store({ content, ...head }) {
  const written = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(HEAD + written.length + content.length);
  new DataView(bytes.buffer).setUint32(32, written.length);
  bytes.set(written, HEAD);
  bytes.set(content, HEAD + written.length);
  bytes.set(await digest(bytes.subarray(32)));
  const cache = await caches.open(CACHE);
  // Chromium frees the disk space of a cache that is deleted as a whole only when it is restarted.
  await Promise.all((await cache.keys()).map((key) => cache.delete(key)));
  await cache.put(NAME, new Response(bytes));
}

export const remove = async () => caches.delete(CACHE);
