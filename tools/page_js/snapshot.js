// Stores a snapshot of Python's memory at the first start, after the page's module was imported, and restores
// it at every later start. Pyodide's functions for snapshots are private: if they fail, Python starts
// without a snapshot.
import { address, cached } from "./download.js";
import { fill, image } from "./memory.js";
import { folders } from "./site.js";

const CACHE = `python-snapshot-${new URL(".", document.baseURI).pathname}`; // sites may share an origin
const NAME = address(`${folders.pyodide}${folders.python.replaceAll("/", "-")}.snapshot`);

// Reads the page's globals from globalThis. For a snapshot, Pyodide wraps its globals in a proxy, and getters
// such as that of `document` can't be called on a proxy of globalThis.
const globals = new Proxy(
  {},
  { get: (_, name) => globalThis[name], has: (_, name) => name in globalThis },
);

// The options of `loadPyodide` with which `take` works.
export const snapshotOptions = { jsglobals: globals, _makeSnapshot: true };

// Returns a snapshot of a Pyodide that was started with `snapshotOptions`: its memory and its state.
// data: the image of Pyodide's initial memory, if there is one.
export function take(pyodide, data) {
  const { API, HEAPU8 } = pyodide._module;
  const before = new Uint8Array(HEAPU8.length);
  if (data) fill(before, data);
  return { state: API.serializeHiwireState(), content: image(HEAPU8, before) };
}

// Returns the options with which `loadPyodide` starts from a snapshot. snapshot: may be a promise.
export const restoreOptions = (snapshot) => ({
  _loadSnapshot: new Uint8Array(0),
  async createPyodideModule(settings) {
    const { default: create } = await import(address(`${folders.pyodide}pyodide.asm.mjs`));
    const module = await create(settings);
    let { state, content } = await snapshot;
    module.API.restoreSnapshot = () => {
      fill(module.HEAPU8, content);
      content = undefined; // frees the memory: Pyodide never releases this function
      return state;
    };
    return module;
  },
});

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// The stored format: the SHA-256 of all following bytes; the length of the header in 32 bits; the header as
// JSON; the memory image.
const HEADER_START = 32 + 4;

// Looks for a snapshot made with this version's files; returns {snapshot: PROMISE}, or undefined if there is none.
// The promise is in an object, because `await` would also wait for a promise itself.
export async function find() {
  const response = await cached(NAME, { cacheName: CACHE });
  if (!response) return undefined;
  const snapshot = read(response);
  snapshot.catch(() => {}); // `restored` in python.js throws the error
  return { snapshot };
}

async function read(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = await digest(bytes.subarray(32));
  if (sha256.some((byte, index) => byte !== bytes[index])) throw new Error("The stored snapshot is damaged.");
  const end = HEADER_START + new DataView(bytes.buffer).getUint32(32);
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_START, end))), content: bytes.subarray(end) };
}

// Stores a snapshot and deletes all others.
export async function store({ content, ...header }) {
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(HEADER_START + encoded.length + content.length);
  new DataView(bytes.buffer).setUint32(32, encoded.length);
  bytes.set(encoded, HEADER_START);
  bytes.set(content, HEADER_START + encoded.length);
  bytes.set(await digest(bytes.subarray(32)));
  const cache = await caches.open(CACHE);
  // Delete the entries one by one: Chromium frees the disk space of a deleted cache only at its next start.
  await Promise.all((await cache.keys()).map((key) => cache.delete(key)));
  await cache.put(NAME, new Response(bytes));
}

export const remove = async () => caches.delete(CACHE);
