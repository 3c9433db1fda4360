// Links the second half of a split module, with the functions that a start does not call: see
// tools/lean/wasm/split.py.

// (module (import "" "" (func)) (export "" (func 0))): a table takes only functions of WebAssembly.
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Has the rest linked as soon as one of its functions is called; returns a function that links it before.
// content: the bytes of the rest. They are needed now: a call from the middle of Python can't wait.
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
