// Links the second part of a split module, which has the functions that a start does not call: see
// tools/lean/wasm/split.py.

// Re-exports an imported JavaScript function as a WebAssembly function, because a table accepts only these:
// (module (import "" "" (func)) (export "" (func 0))).
const BRIDGE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 5, 1, 0, 0, 0, 0, 7, 4, 1, 0, 0, 0);

// Prepares the link: the second part is linked when the first part first calls one of its functions. The returned
// function links it earlier. rest: the second part, compiled or as bytes. It has to be downloaded already, because a
// call can't wait.
export function prepareLink({ exports }, imports, rest) {
  const ready = exports["rest:ready"];
  const given = { ...imports, rest: exports };
  const linkNow = () => {
    const module = rest instanceof WebAssembly.Module ? rest : new WebAssembly.Module(rest);
    new WebAssembly.Instance(module, given);
    ready.value = 1;
  };
  const table = exports["rest:1:0"];
  const bridge = new WebAssembly.Instance(new WebAssembly.Module(BRIDGE), { "": { "": linkNow } });
  // The first part calls the last element of the table to link the second part.
  table.set(table.length - 1, bridge.exports[""]);
  return async () => {
    await WebAssembly.instantiate(rest, given);
    ready.value = 1;
  };
}
