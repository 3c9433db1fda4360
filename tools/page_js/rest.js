// Links the second part of a split module: the functions that a start does not call. See tools/lean/wasm/split.py.

// Re-exports an imported JavaScript function, because a table accepts only WebAssembly functions:
// (module (import "" "" (func)) (export "" (func 0))).
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Prepares the link, which happens when the first part first calls the second. Call the returned function to link
// before that. rest: the second part, compiled or as bytes, downloaded because a call can't wait.
export function prepareLink({ exports }, imports, rest) {
  const ready = exports["rest:ready"];
  const given = { ...imports, rest: exports };
  const linkNow = () => {
    const module = rest instanceof WebAssembly.Module ? rest : new WebAssembly.Module(rest);
    new WebAssembly.Instance(module, given);
    ready.value = 1;
  };
  const table = exports["rest:1:0"]; // rest:KIND:NUMBER, see split.py; kind 1 is a table
  const bridge = new WebAssembly.Instance(new WebAssembly.Module(BRIDGE), { "": { "": linkNow } });
  // The first part calls the last element of the table to link the second part.
  table.set(table.length - 1, bridge.exports[""]);
  return async () => {
    await WebAssembly.instantiate(rest, given);
    ready.value = 1;
  };
}
