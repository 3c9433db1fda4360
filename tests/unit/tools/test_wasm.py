"""WebAssembly modules are parsed, instrumented, cut, split and written; Node runs the results."""

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


def body(code):
    return sized(b"\0" + code + END)


def section(number, items):
    content = vector(items)
    return bytes([number]) + sized(content)


def small():
    """A module: "a" calls the second function, which returns the global; "b" returns 9.

    Its last function is called when it is instantiated.
    """
    exports = [sized(b"a") + b"\0\0", sized(b"b") + b"\0\2", sized(b"memory") + b"\2\0"]
    return MAGIC + b"".join(
        [
            section(1, [b"\x60\0" + vector([I32]), b"\x60\0\0"]),
            section(3, [b"\0", b"\0", b"\0", b"\1"]),
            section(5, [b"\0\1"]),
            section(6, [I32 + b"\1" + CONST + sint(7) + END]),
            section(7, exports),
            b"\x08" + sized(uint(3)),
            b"\x0c" + sized(uint(2)),
            section(10, [body(CALL + b"\1"), body(b"\x23\0"), body(CONST + b"\x09"), body(b"")]),
            section(11, [b"\1" + sized(b"x"), b"\0" + CONST + b"\5" + END + sized(b"old")]),
        ]
    )


RUN = """
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(CODE, "hex")));
function attempt(name) {
  try { return exports[name](); } catch (error) { return error.message; }
}
const seen = { answers: CALLS.map(attempt) };
seen.values = Object.entries(exports).filter(([, each]) => each.value).map(([name]) => name);
const memory = exports.memory?.buffer;
if (memory) seen.memory = Buffer.from(memory).subarray(0, 16).toString("latin1");
console.log(JSON.stringify(seen));
"""


def run(module, *calls):
    code = json.dumps(module.write().hex())
    script = RUN.replace("CODE", code).replace("CALLS", json.dumps(calls))
    return json.loads(npm.node("Running a small module", "--eval", script))


@given(st.integers(0, 2**32 - 1))
def test_unsigned_numbers_are_read_as_they_were_written(value):
    reader = Reader(uint(value) + b"rest")
    assert reader.uint() == value
    assert reader.take(4) == b"rest"


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_numbers_are_as_short_as_can_be(value):
    written = sint(value)
    read = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(written))
    assert read - ((written[-1] & 0x40 and 1) << 7 * len(written)) == value
    assert len(written) == 1 or not -64 <= value < 64


@given(st.binary(max_size=200), st.integers(1, 20))
def test_spans_cover_everything_that_is_not_zero(memory, gap):
    again, last = bytearray(len(memory)), -gap
    for start, end in cut.nonzero_spans(memory, gap):
        assert memory[start]
        assert memory[end - 1]
        assert start - last >= gap
        again[start:end] = memory[start:end]
        last = end
    assert bytes(again) == memory


@given(st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=9)), max_size=5))
def test_an_image_restores_a_memory(parts):
    memory = bytearray(1000)
    for start, content in parts:
        memory[start : start + len(content)] = content
    image = cut.memory_image(bytes(memory))
    (count,) = struct.unpack_from("<I", image)
    places = struct.unpack_from(f"<{2 * count}I", image, 4)
    again, at = bytearray(len(memory)), 4 + 8 * count
    for start, length in zip(places[::2], places[1::2], strict=True):
        again[start : start + length] = image[at : at + length]
        at += length
    assert again == memory
    assert at == len(image)


def test_a_parsed_module_is_written_as_it_was():
    assert Module.read(small()).write() == small()


def test_other_content_is_refused():
    with pytest.raises(BuildError, match="not a WebAssembly"):
        Module.read(b"<html>")


def test_calls_are_recorded():
    ran = run(instrument.record_calls(Module.read(small())), "a")
    assert ran["answers"] == [7]
    assert ran["values"] == ["called:0", "called:1", "called:3"]  # the last one when it started


def test_a_function_that_was_not_called_traps():
    ran = run(cut.with_traps(Module.read(small()), [0, 1, 3]), "a", "b")
    assert ran["answers"] == [7, "unreachable"]


def test_globals_are_exported():
    assert run(instrument.export_globals(Module.read(small())))["values"] == ["global:0"]


def test_a_runs_memory_and_globals_are_baked_in():
    module = Module.read(small())
    assert (module.exported_function("b"), module.start_function()) == (2, 3)
    memory = b"\0\0new" + bytes(40) + b"!"
    replaced = {module.exported_function("b"): b"\0" + CONST + b"\0" + END}
    ran = run(cut.with_state(module, memory, [-8], replaced), "a", "b")
    assert ran["answers"] == [-8, 0]
    assert ran["memory"] == "\0\0new" + "\0" * 11


def test_exports_can_be_removed():
    ran = run(cut.with_only_exports(Module.read(small()), {"a"}), "a")
    assert ran["answers"] == [7]
    assert "memory" not in ran
    with pytest.raises(BuildError, match="exports no function 'b'"):
        cut.with_only_exports(Module.read(small()), {"a"}).exported_function("b")


def test_changing_a_missing_section_is_an_error():
    bare = Module([part for part in Module.read(small()).sections if part[0] != 6])
    with pytest.raises(BuildError, match="no section"):
        instrument.record_calls(bare)


def test_the_initial_memory_is_moved_out_of_the_module():
    bare, image = cut.move_data_out(Module.read(small()))
    assert bare.section(Section.DATA_COUNT) == uint(1)  # the passive one
    assert run(bare)["memory"] == "\0" * 16
    assert image == struct.pack("<3I", 1, 5, 3) + b"old"
    with pytest.raises(BuildError, match="plain number"):
        cut.move_data_out(Module([(Section.DATA, vector([b"\0\x23\0\x0b\0"]))]))


def calling():
    """A module whose functions call each other directly, through the table, and an import."""
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


SPLIT = """
const compiled = (hex) => new WebAssembly.Module(Buffer.from(hex, "hex"));
const bridge = compiled("0061736d010000000104016000000205010000000007040100" + "0000");
const answers = HALVES.map(([first, rest]) => {
  const reported = [];
  let fetched = 0;
  const imports = { page: { report: (value) => (reported.push(value), value + 1) } };
  const { exports } = new WebAssembly.Instance(compiled(first), imports);
  if (rest) {
    const fetchRest = () => {
      fetched += 1;
      new WebAssembly.Instance(compiled(rest), { ...imports, rest: exports });
      exports["rest:ready"].value = 1;
    };
    const table = exports["rest:1:0"];
    const placed = new WebAssembly.Instance(bridge, { "": { "": fetchRest } });
    table.set(table.length - 1, placed.exports[""]);
  }
  const calls = ["counted", "twice", "reported", "counted", "indirect"];
  return [calls.map((name, index) => exports[name](index + 3)), reported, fetched];
});
console.log(JSON.stringify(answers));
"""


def test_both_halves_do_what_the_module_did_however_it_is_split():
    module = calling()
    choices = [set(each) for size in range(6) for each in combinations(range(5), size)]
    halves = [[half.write().hex() for half in split(module, chosen)] for chosen in choices]
    script = SPLIT.replace("HALVES", json.dumps([[module.write().hex(), None], *halves]))
    expected, *answers = json.loads(npm.node("Running halves", "--eval", script))
    assert expected[:2] == [[10, 8, 16, 22, 14], [5]]
    assert [answer[:2] for answer in answers] == [expected[:2]] * len(choices)
    # The rest is fetched once, if anything is called that is in it: all are.
    assert [answer[2] for answer in answers] == [int(len(each) < 5) for each in choices]


def test_a_module_that_can_not_be_split_is_refused():
    with pytest.raises(BuildError, match="no table"):
        split(Module.read(small()), [0])


def test_recorded_functions_are_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(interpreter, "RECORDED", tmp_path / "recorded.txt")
    numbers = {1, 2, 3, 7, 9, 10, *range(1000, 2000, 3)}
    interpreter.write_recording(numbers)
    assert interpreter.recorded_functions() == numbers
    stored = (tmp_path / "recorded.txt").read_text()
    (tmp_path / "recorded.txt").write_text(f"0.1\n{stored}")
    with pytest.raises(BuildError, match="renews it"):
        interpreter.recorded_functions()


def test_a_release_that_is_not_as_expected_stops_the_build(tmp_path, monkeypatch):
    release = tmp_path / "release"
    release.mkdir()
    for name in (*interpreter.FILES, *runtime.FILES):
        other = small() if name.endswith(".wasm") else b"export default 1;"
        (release / name).write_bytes(other)
    monkeypatch.setattr(interpreter, "RELEASE", release)
    monkeypatch.setattr(runtime, "RELEASE", release)
    with pytest.raises(BuildError, match="not written as expected"):
        interpreter.trim(tmp_path / "pyodide")
    with pytest.raises(BuildError, match="0 places"):
        runtime.trim(tmp_path / "model.onnx", tmp_path / "onnxruntime")
