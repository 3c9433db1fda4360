// Python starts from a snapshot of its memory, in which the page's module is imported already. On a first visit,
// first_visit_worker.js creates the snapshot, which is stored for later starts. Pyodide's functions for snapshots
// are private: if they fail, Python starts without a snapshot.
import { address, cached } from "./download.js";
import { fill } from "./memory.js";
import { folders } from "./site.js";

const CACHE = `python-snapshot-${new URL(".", document.baseURI).pathname}`; // sites may share an origin
// A snapshot fits only the files with which it was made. Their digests are in the names of these folders.
const MADE_WITH = [folders.python, folders.vendors ?? ""].join("").replaceAll("/", "-");
const NAME = address(`${folders.pyodide}${MADE_WITH}.snapshot`);

// Returns the options with which `loadPyodide` starts from a snapshot. create: creates Pyodide's module. snapshot: may
// be a promise.
export const restoreOptions = (create, snapshot) => ({
  _loadSnapshot: new Uint8Array(0),
  async createPyodideModule(settings) {
    const module = await create(settings);
    const { state, content } = await snapshot;
    await fill(module.HEAPU8, content);
    module.API.restoreSnapshot = () => state;
    return module;
  },
});

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// The stored format: the SHA-256 of all following bytes; the length of the header in 32 bits; the header as
// JSON; the memory image.
const HEADER_START = 32 + 4;

// Looks for a snapshot made with this version's files; returns {snapshot: PROMISE}, or undefined if there is none.
// The promise is in an object, because `await findSnapshot()` would otherwise wait for it, too.
export async function findSnapshot() {
  const response = await cached(NAME, { cacheName: CACHE });
  if (!response) return undefined;
  const snapshot = read(response);
  snapshot.catch(() => {}); // `restore` in python.js throws the error
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
export async function storeSnapshot({ content, ...header }) {
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

export const removeSnapshot = async () => caches.delete(CACHE);
