// The functions of a module that a start does not call, in a module of their own: tools/wasm/split.py.
// They are there after `link`, or as soon as one of them is called.
import { address } from "./download.js";

// (module (import "" "" (func)) (export "" (func 0))): only such a function can lie in a table.
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Gives what links the rest to the first half, once. path: where the rest is.
export function linking({ exports }, imports, path) {
  const ready = exports["rest:ready"];
  const given = { ...imports, rest: exports };
  const link = async (module) => {
    await WebAssembly.instantiate(module, given);
    ready.value = 1;
  };
  const linkNow = () => {
    new WebAssembly.Instance(new WebAssembly.Module(fetchNow(address(path))), given);
    ready.value = 1;
  };
  const table = exports["rest:1:0"];
  const bridge = new WebAssembly.Instance(new WebAssembly.Module(BRIDGE), { "": { "": linkNow } });
  table.set(table.length - 1, bridge.exports[""]);
  return link;
}

// The caller is in the middle of Python: it can't wait in any other way.
function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // a byte for each character
  request.send();
  if (request.status !== 200) throw new Error(`${url.split("/").pop()}: status ${request.status}.`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 255);
}
