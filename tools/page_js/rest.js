// The functions of a module that a start does not call, in a module of their own: tools/lean/wasm/split.py.
// They are there after `link`, or as soon as one of them is called.

// (module (import "" "" (func)) (export "" (func 0))): only such a function can lie in a table.
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Gives what links the rest to the first half. content: the bytes of the rest, which have to be there:
// who calls one of its functions is in the middle of Python and can't wait.
export function linking({ exports }, imports, content) {
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
