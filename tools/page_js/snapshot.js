// Python's memory with the page's module imported: made at the first start, kept beside the page's
// files, and put back at every start from then on. Pyodide's functions for it are private, so that
// anything may go wrong here: then Python starts as it always did.
import { address, kept } from "./download.js";
import { fill, image } from "./memory.js";
import { folders } from "./site.js";

const CACHE = `python-snapshot-${new URL(".", document.baseURI).pathname}`; // sites may share an origin
const NAME = address(`${folders.pyodide}${folders.python.replaceAll("/", "-")}.snapshot`);

// The page's names, as an object that Pyodide can put its own proxies around.
const names = new Proxy(
  {},
  { get: (_, name) => globalThis[name], has: (_, name) => name in globalThis },
);

export const making = { jsglobals: names, _makeSnapshot: true };

// Gives the memory of a Pyodide that was started with `making`, and what Pyodide needs beside it.
// data: the image of what every Pyodide's memory begins with, if it is known.
export function take(pyodide, data) {
  const { API, HEAPU8 } = pyodide._module;
  const before = new Uint8Array(HEAPU8.length);
  if (data) fill(before, data);
  return { state: API.serializeHiwireState(), content: image(HEAPU8, before) };
}

// What `loadPyodide` has to be given to begin with a snapshot, which may still be coming.
export const restoring = (snapshot) => ({
  _loadSnapshot: new Uint8Array(0),
  async createPyodideModule(settings) {
    const { default: create } = await import(address(`${folders.pyodide}pyodide.asm.mjs`));
    const module = await create(settings);
    let { state, content } = await snapshot;
    module.API.restoreSnapshot = () => {
      fill(module.HEAPU8, content);
      content = undefined; // Pyodide holds on to this function
      return state;
    };
    return module;
  },
});

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// What is kept: the SHA-256 of all that follows; the length of the head, 32 bits; the head as JSON;
// the memory's image.
const HEAD = 32 + 4;

// Gives the snapshot that was kept for these very files: a promise of it, or undefined.
export async function find() {
  const response = await kept(NAME, { cacheName: CACHE });
  if (!response) return undefined;
  const coming = read(response);
  coming.catch(() => {}); // who waits for it is told
  return { coming };
}

async function read(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = await digest(bytes.subarray(32));
  if (sha256.some((byte, index) => byte !== bytes[index])) throw new Error("It is damaged.");
  const end = HEAD + new DataView(bytes.buffer).getUint32(32);
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, end))), content: bytes.subarray(end) };
}

// Keeps a snapshot, and no other beside it.
export async function keep({ content, ...head }) {
  const written = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(HEAD + written.length + content.length);
  new DataView(bytes.buffer).setUint32(32, written.length);
  bytes.set(written, HEAD);
  bytes.set(content, HEAD + written.length);
  bytes.set(await digest(bytes.subarray(32)));
  const cache = await caches.open(CACHE);
  // Chromium leaves on the disk what a cache held that is removed as a whole, until it is restarted.
  await Promise.all((await cache.keys()).map((key) => cache.delete(key)));
  await cache.put(NAME, new Response(bytes));
}

export const forget = async () => caches.delete(CACHE);
