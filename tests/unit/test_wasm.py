"""WebAssembly modules are taken apart, watched, cut and put together; Node runs the outcome."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import interpreter, npm, runtime
from tools.report import BuildError
from tools.wasm import MAGIC, Module
from tools.wasm_format import Reader, filled, sint, sized, uint, vector

I32, CONST, CALL, END = b"\x7f", b"\x41", b"\x10", b"\x0b"


def body(code):
    return sized(b"\0" + code + END)


def section(number, items):
    content = vector(items)
    return bytes([number]) + sized(content)


def small():
    """Functions: "a" calls the second, which gives the global; "b" gives 9; the last one starts."""
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
const told = { answers: CALLS.map(attempt) };
told.values = Object.entries(exports).filter(([, each]) => each.value).map(([name]) => name);
const memory = exports.memory?.buffer;
if (memory) told.memory = Buffer.from(memory).subarray(0, 16).toString("latin1");
console.log(JSON.stringify(told));
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


@given(st.binary(max_size=200))
def test_spans_hold_all_that_is_not_zero(memory):
    again = bytearray(len(memory))
    for start, end in filled(memory):
        assert memory[start]
        assert memory[end - 1]
        again[start:end] = memory[start:end]
    assert bytes(again) == memory


def test_a_module_is_put_together_as_it_was():
    assert Module.read(small()).write() == small()


def test_what_is_no_module_is_refused():
    with pytest.raises(BuildError, match="no WebAssembly"):
        Module.read(b"<html>")


def test_calls_are_told():
    told = run(Module.read(small()).telling_calls(), "a")
    assert told["answers"] == [7]
    assert told["values"] == ["called:0", "called:1", "called:3"]  # the last one when it started


def test_what_was_not_called_traps():
    told = run(Module.read(small()).pruned([0, 1, 3]), "a", "b")
    assert told["answers"] == [7, "unreachable"]


def test_globals_are_told():
    assert run(Module.read(small()).telling_globals())["values"] == ["global:0"]


def test_a_module_begins_where_a_run_has_come_to():
    module = Module.read(small())
    assert (module.exported("b"), module.start()) == (2, 3)
    memory = b"\0\0new" + bytes(40) + b"!"
    done = {module.exported("b"): b"\0" + CONST + b"\0" + END}
    told = run(module.initialised(memory, [-8], done), "a", "b")
    assert told["answers"] == [-8, 0]
    assert told["memory"] == "\0\0new" + "\0" * 11


def test_names_are_left_out():
    told = run(Module.read(small()).exporting({"a"}), "a")
    assert told["answers"] == [7]
    assert "memory" not in told
    with pytest.raises(BuildError, match="exports no function 'b'"):
        Module.read(small()).exporting({"a"}).exported("b")


def test_a_section_that_is_not_there_is_not_written_unnoticed():
    bare = Module([part for part in Module.read(small()).sections if part[0] != 6])
    with pytest.raises(BuildError, match="no section"):
        bare.telling_calls()


def test_a_release_that_is_written_otherwise_stops_the_build(tmp_path, monkeypatch):
    release = tmp_path / "release"
    release.mkdir()
    for name in (*interpreter.FILES, *runtime.FILES):
        (release / name).write_text("export default 1;")
    monkeypatch.setattr(interpreter, "RELEASE", release)
    monkeypatch.setattr(runtime, "RELEASE", release)
    with pytest.raises(BuildError, match="not written as expected"):
        interpreter.lean(tmp_path / "pyodide")
    with pytest.raises(BuildError, match="0 places"):
        runtime.lean(tmp_path / "model.onnx", tmp_path / "onnxruntime")
