"""WebAssembly modules are parsed, changed, split and written; Node runs the results."""

import json
import struct
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.console import BuildError
from tools.env import npm
from tools.lean import interpreter, runtime
from tools.lean.wasm import cut, instrument
from tools.lean.wasm.format import Reader, Section, sint, sized, uint, vector
from tools.lean.wasm.module import MAGIC, Module, assemble, export
from tools.lean.wasm.split import split

I32, CONST, CALL, END = b"\x7f", b"\x41", b"\x10", b"\x0b"
"""WebAssembly's codes of the type i32, and of three instructions."""


def body(code):
    """Return the encoding of a function without locals."""
    return sized(b"\0" + code + END)


def section(number, items):
    """Return the encoding of a section."""
    content = vector(items)
    return bytes([number]) + sized(content)


def small_module():
    """Return the encoding of a small module.

    Its export "a" calls the second function, which returns the global; "b" returns 9. Its last
    function is called when the module is instantiated.
    """
    exports = [sized(b"a") + b"\0\0", sized(b"b") + b"\0\2", sized(b"memory") + b"\2\0"]
    return MAGIC + b"".join(
        [
            section(Section.TYPE, [b"\x60\0" + vector([I32]), b"\x60\0\0"]),
            section(Section.FUNCTION, [b"\0", b"\0", b"\0", b"\1"]),
            section(Section.MEMORY, [b"\0\1"]),
            section(Section.GLOBAL, [I32 + b"\1" + CONST + sint(7) + END]),
            section(Section.EXPORT, exports),
            bytes([Section.START]) + sized(uint(3)),
            bytes([Section.DATA_COUNT]) + sized(uint(2)),
            section(
                Section.CODE,
                [body(CALL + b"\1"), body(b"\x23\0"), body(CONST + b"\x09"), body(b"")],
            ),
            section(
                Section.DATA, [b"\1" + sized(b"x"), b"\0" + CONST + b"\5" + END + sized(b"old")]
            ),
        ]
    )


RUN = """
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(CODE, "hex")));
function attempt(name) {
  try { return exports[name](); } catch (error) { return error.message; }
}
const results = { answers: CALLS.map(attempt) };
results.nonzero = Object.entries(exports).filter(([, each]) => each.value).map(([name]) => name);
const memory = exports.memory?.buffer;
if (memory) results.memory = Buffer.from(memory).subarray(0, 16).toString("latin1");
console.log(JSON.stringify(results));
"""


def run(module, *calls):
    """Instantiate a module in Node and call exports without arguments.

    Returns:
        "answers": the returned values or error messages; "nonzero": the names of the exported
        globals that are not 0; "memory": the first 16 bytes of the memory, if it is exported.
    """
    code = json.dumps(module.write().hex())
    script = RUN.replace("CODE", code).replace("CALLS", json.dumps(calls))
    return json.loads(npm.node("Running a small module", "--eval", script))


@given(st.integers(0, 2**32 - 1))
def test_reader_uint_decodes_what_uint_encodes(value):
    reader = Reader(uint(value) + b"rest")
    assert reader.uint() == value
    assert reader.take(4) == b"rest"


@given(st.integers(-(2**31), 2**31 - 1))
def test_sint_returns_the_shortest_encoding(value):
    written = sint(value)
    read = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(written))
    assert read - ((written[-1] & 0x40 and 1) << 7 * len(written)) == value
    assert len(written) == 1 or not -64 <= value < 64


@given(st.binary(max_size=200), st.integers(1, 20))
def test_nonzero_spans_cover_all_nonzero_bytes(memory, gap):
    copy, last_end = bytearray(len(memory)), -gap
    for start, end in cut.nonzero_spans(memory, gap):
        assert memory[start]
        assert memory[end - 1]
        assert start - last_end >= gap
        copy[start:end] = memory[start:end]
        last_end = end
    assert bytes(copy) == memory


@given(st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=9)), max_size=5))
def test_a_memory_image_has_all_nonzero_bytes_of_a_memory(parts):
    memory = bytearray(1000)
    for start, content in parts:
        memory[start : start + len(content)] = content
    image = cut.memory_image(bytes(memory))
    (count,) = struct.unpack_from("<I", image)
    places = struct.unpack_from(f"<{2 * count}I", image, 4)
    restored, at = bytearray(len(memory)), 4 + 8 * count
    for start, length in zip(places[::2], places[1::2], strict=True):
        restored[start : start + length] = image[at : at + length]
        at += length
    assert restored == memory
    assert at == len(image)


def test_writing_a_parsed_module_returns_the_original_bytes():
    assert Module.read(small_module()).write() == small_module()


def test_parsing_other_content_is_an_error():
    with pytest.raises(BuildError, match="not a WebAssembly"):
        Module.read(b"<html>")


def test_record_calls_sets_a_global_for_each_called_function():
    ran = run(instrument.record_calls(Module.read(small_module())), "a")
    assert ran["answers"] == [7]
    assert ran["nonzero"] == ["called:0", "called:1", "called:3"]  # 3 is the start function


def test_with_traps_replaces_all_functions_except_the_given_ones():
    ran = run(cut.with_traps(Module.read(small_module()), [0, 1, 3]), "a", "b")
    assert ran["answers"] == [7, "unreachable"]


def test_export_globals_exports_each_global():
    assert run(instrument.export_globals(Module.read(small_module())))["nonzero"] == ["global:0"]


def test_with_state_bakes_memory_and_globals_into_a_module():
    module = Module.read(small_module())
    assert (module.exported_function("b"), module.start_function()) == (2, 3)
    memory = b"\0\0new" + bytes(40) + b"!"
    replaced = {module.exported_function("b"): b"\0" + CONST + b"\0" + END}
    ran = run(cut.with_state(module, memory, [-8], replaced), "a", "b")
    assert ran["answers"] == [-8, 0]
    assert ran["memory"] == "\0\0new" + "\0" * 11


def test_with_only_exports_removes_all_other_exports():
    ran = run(cut.with_only_exports(Module.read(small_module()), {"a"}), "a")
    assert ran["answers"] == [7]
    assert "memory" not in ran
    with pytest.raises(BuildError, match="exports no function 'b'"):
        cut.with_only_exports(Module.read(small_module()), {"a"}).exported_function("b")


def test_changing_a_missing_section_is_an_error():
    without_globals = Module(
        [part for part in Module.read(small_module()).sections if part[0] != Section.GLOBAL]
    )
    with pytest.raises(BuildError, match="no section"):
        instrument.record_calls(without_globals)


def test_move_data_out_moves_the_initial_memory_to_an_image():
    without_data, image = cut.move_data_out(Module.read(small_module()))
    assert without_data.section(Section.DATA_COUNT) == uint(1)  # the passive segment
    assert run(without_data)["memory"] == "\0" * 16
    assert image == struct.pack("<3I", 1, 5, 3) + b"old"
    with pytest.raises(BuildError, match="plain number"):
        cut.move_data_out(Module([(Section.DATA, vector([b"\0\x23\0\x0b\0"]))]))


def module_with_calls():
    """Return a module with direct calls, calls through the table and calls of an import."""
    get, add, indirect = b"\x20\0", b"\x6a", b"\x11\0\0"
    codes = [
        get + CALL + b"\2",  # twice
        get + get + add,
        b"\x23\0" + get + add + b"\x24\0\x23\0",  # counted
        get + CALL + b"\0" + CALL + b"\3",  # reported
        get + CONST + b"\1" + indirect,  # indirect
    ]
    names = {"twice": 0, "counted": 2, "reported": 3, "indirect": 4}
    return assemble(
        {
            Section.TYPE: [b"\x60" + vector([I32]) + vector([I32])],
            Section.IMPORT: [sized(b"page") + sized(b"report") + b"\0\0"],
            Section.FUNCTION: [b"\0"] * len(codes),
            Section.TABLE: [b"\x70\0\3"],
            Section.MEMORY: [b"\0\1"],
            Section.GLOBAL: [I32 + b"\1" + CONST + sint(7) + END],
            Section.EXPORT: [export(name, 0, 1 + number) for name, number in names.items()],
            Section.ELEMENT: [b"\0" + CONST + b"\1" + END + vector([b"\2"])],
            Section.CODE: [body(code) for code in codes],
        }
    )


RUN_PARTS = """
const compiled = (hex) => new WebAssembly.Module(Buffer.from(hex, "hex"));
// The same module as BRIDGE in tools/page_js/rest.js.
const bridge = compiled("0061736d010000000104016000000205010000000007040100" + "0000");
const answers = PARTS.map(([first, rest]) => {
  const reported = [];
  let linked = 0;
  const imports = { page: { report: (value) => (reported.push(value), value + 1) } };
  const { exports } = new WebAssembly.Instance(compiled(first), imports);
  if (rest) {
    const linkRest = () => {
      linked += 1;
      new WebAssembly.Instance(compiled(rest), { ...imports, rest: exports });
      exports["rest:ready"].value = 1;
    };
    const table = exports["rest:1:0"];
    const placed = new WebAssembly.Instance(bridge, { "": { "": linkRest } });
    table.set(table.length - 1, placed.exports[""]);
  }
  const calls = ["counted", "twice", "reported", "counted", "indirect"];
  return [calls.map((name, index) => exports[name](index + 3)), reported, linked];
});
console.log(JSON.stringify(answers));
"""


def test_split_parts_behave_like_the_module_for_every_choice_of_functions():
    module = module_with_calls()
    choices = [set(each) for size in range(6) for each in combinations(range(5), size)]
    parts = [[part.write().hex() for part in split(module, chosen)] for chosen in choices]
    script = RUN_PARTS.replace("PARTS", json.dumps([[module.write().hex(), None], *parts]))
    expected, *answers = json.loads(npm.node("Running parts", "--eval", script))
    assert expected[:2] == [[10, 8, 16, 22, 14], [5]]
    assert [answer[:2] for answer in answers] == [expected[:2]] * len(choices)
    # The second part is linked once, unless it is empty: the script calls every function.
    assert [answer[2] for answer in answers] == [int(len(each) < 5) for each in choices]


def test_splitting_a_module_without_a_table_is_an_error():
    with pytest.raises(BuildError, match="no table"):
        split(Module.read(small_module()), [0])


def test_a_recording_is_read_as_it_was_written_and_refused_if_pyodide_was_another_release(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(interpreter, "RECORDED", tmp_path / "recorded.txt")
    numbers = {1, 2, 3, 7, 9, 10, *range(1000, 2000, 3)}
    interpreter.write_recording(numbers)
    assert interpreter.recorded_functions() == numbers
    stored = (tmp_path / "recorded.txt").read_text()
    (tmp_path / "recorded.txt").write_text(f"0.1\n{stored}")
    with pytest.raises(BuildError, match="was recorded with Pyodide"):
        interpreter.recorded_functions()


def test_trimming_an_unexpected_release_is_an_error(tmp_path, monkeypatch):
    release = tmp_path / "release"
    release.mkdir()
    for name in (*interpreter.FILES, *runtime.FILES):
        other = small_module() if name.endswith(".wasm") else b"export default 1;"
        (release / name).write_bytes(other)
    monkeypatch.setattr(interpreter, "RELEASE", release)
    monkeypatch.setattr(runtime, "RELEASE", release)
    with pytest.raises(BuildError, match="not written as expected"):
        interpreter.trim(tmp_path / "pyodide")
    with pytest.raises(BuildError, match="0 places"):
        runtime.trim(tmp_path / "model.onnx", tmp_path / "onnxruntime")
