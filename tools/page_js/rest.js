// Links the second half of a split module, which has the functions that a start does not call: see
// tools/lean/wasm/split.py.

// Makes a WebAssembly function of a JavaScript one, for a table: (module (import "" "" (func)) (export "" (func 0))).
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Makes the first half link the second one when it calls its functions; returns a function that links it earlier.
// content: the bytes of the second half. A call from within Python can't await a download.
export function prepareLink({ exports }, imports, content) {
  const ready = exports["rest:ready"];
  const given = { ...imports, rest: exports };
  const linkNow = () => {
    new WebAssembly.Instance(new WebAssembly.Module(content), given);
    ready.value = 1;
  };
  const table = exports["rest:1:0"];
  const bridge = new WebAssembly.Instance(new WebAssembly.Module(BRIDGE), { "": { "": linkNow } });
  table.set(table.length - 1, bridge.exports[""]);
  return async () => {
    await WebAssembly.instantiate(content, given);
    ready.value = 1;
  };
}
