// Python's memory with the page's module imported: made at the first start, kept beside the page's
// files, and put back at every start from then on. Pyodide's functions for it are private, so that
// anything may go wrong here: then Python starts as it always did.
import { address } from "./download.js";
import { folders } from "./site.js";

const CACHE = `python-snapshot-${new URL(".", document.baseURI).pathname}`; // sites may share an origin
const NAME = address(`${folders.pyodide}${folders.python.replaceAll("/", "-")}.snapshot`);
const GAP = 256; // bytes that are zero and not worth a span of their own

// The page's names, as an object that Pyodide can put its own proxies around.
const names = new Proxy(
  {},
  { get: (_, name) => globalThis[name], has: (_, name) => name in globalThis },
);

export const making = { jsglobals: names, _makeSnapshot: true };

// Gives what lies where in the memory of a Pyodide that was started with `making`.
export function take(pyodide) {
  const { API, HEAPU8 } = pyodide._module;
  const words = new BigUint64Array(HEAPU8.buffer);
  const spans = [];
  let end = -GAP;
  for (let at = 0; at < words.length; at++) {
    if (!words[at]) continue;
    if (at * 8 - end >= GAP) spans.push([at * 8, 0]);
    end = at * 8 + 8;
    spans.at(-1)[1] = end;
  }
  const content = new Uint8Array(spans.reduce((sum, [start, end]) => sum + end - start, 0));
  let filled = 0;
  for (const [start, end] of spans) {
    content.set(HEAPU8.subarray(start, end), filled);
    filled += end - start;
  }
  return { memory: HEAPU8.length, state: API.serializeHiwireState(), spans, content };
}

// What `loadPyodide` has to be given to begin with a snapshot.
export const restoring = ({ memory, state, spans, content: left }) => ({
  _loadSnapshot: new Uint8Array(0),
  async createPyodideModule(settings) {
    const { default: create } = await import(address(`${folders.pyodide}pyodide.asm.mjs`));
    const module = await create(Object.assign(settings, { INITIAL_MEMORY: memory }));
    module.API.restoreSnapshot = () => {
      let at = 0;
      for (const [start, end] of spans) {
        module.HEAPU8.set(left.subarray(at, at + end - start), start);
        at += end - start;
      }
      left = undefined; // Pyodide holds on to this function
      return state;
    };
    return module;
  },
});

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// What is kept: the SHA-256 of all that follows; the length of the head, 32 bits; the head as JSON;
// the content of the spans, one after the other.
const HEAD = 32 + 4;

// Gives the snapshot that was kept for these very files, or undefined. Throws if it is damaged.
export async function find() {
  const response = await caches.match(NAME, { cacheName: CACHE });
  if (!response) return undefined;
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
  await forget();
  await (await caches.open(CACHE)).put(NAME, new Response(bytes));
}

export const forget = async () => caches.delete(CACHE);
