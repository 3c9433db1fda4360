"""onnxruntime's API on CPython: a user's code, and the code in docs/onnxruntime-api.md.

A pattern of this document is code for onnxruntime, before and after the changes for this library.
"""

import ast
import asyncio
import inspect
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import onnxruntime
import pytest

import offline_onnx
from offline_onnx import (
    ExecutionMode,
    GraphOptimizationLevel,
    InferenceSession,
    InputError,
    SessionOptions,
    get_available_providers,
)
from offline_onnx.errors import SessionError
from tests.support.onnxruntime_user import code as user_code
from tests.support.onnxruntime_user.models import EXPECTED, write_user_models
from tests.support.onnxruntime_user.patterns import PATTERNS
from tests.support.small_models import iris
from tools.env import venv

FEED = {"features": np.array([[5.1, 3.5, 1.4, 0.2]], np.float32)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the models that `user_code` opens."""
    folder = tmp_path_factory.mktemp("models")
    write_user_models(folder)
    return folder


@pytest.mark.parametrize("name", EXPECTED)
def test_the_code_of_a_user_runs(folder, monkeypatch, name):
    monkeypatch.chdir(folder)
    has_warning = name == "choose_options"  # there is no WebGPU on CPython
    with pytest.warns(UserWarning, match="webgpu") if has_warning else nullcontext():
        assert asyncio.run(getattr(user_code, name)()) == EXPECTED[name]


def result_of(code):
    """Run code with `await` at the top; return its variable `result`."""
    names = {}
    compiled = compile(code, "pattern", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    awaitable = eval(compiled, names)  # noqa: S307  # code of docs/onnxruntime-api.md
    if inspect.iscoroutine(awaitable):
        asyncio.run(awaitable)
    return names["result"]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.heading)
def test_a_pattern_of_the_document_gives_the_same_result_before_and_after_its_changes(
    folder, monkeypatch, pattern
):
    monkeypatch.chdir(folder)
    assert "import onnxruntime" in pattern.before
    assert "import offline_onnx" in pattern.after
    assert result_of(pattern.after) == result_of(pattern.before)


def test_the_document_has_three_patterns_and_less_than_200_lines():
    assert len(PATTERNS) == 3
    assert len((venv.ROOT / "docs" / "onnxruntime-api.md").read_text("utf-8").splitlines()) < 200


def test_outputs_are_numpy_arrays_in_the_order_of_the_names():
    session = asyncio.run(InferenceSession.create(iris()))
    (array,) = asyncio.run(session.run(["probabilities"], FEED))
    assert isinstance(array, np.ndarray)
    assert (array.dtype, array.shape) == (np.float32, (1, 3))
    (same,) = session.run_sync(None, FEED)
    assert np.array_equal(array, same)


def test_a_session_must_be_created_with_await():
    with pytest.raises(TypeError, match=r"await InferenceSession\.create"):
        InferenceSession("iris.onnx")


def test_enumerations_have_the_values_of_onnxruntime():
    for ours in (GraphOptimizationLevel, ExecutionMode):
        theirs = getattr(onnxruntime, ours.__name__)
        assert {member.name: member.value for member in ours} == {
            name: int(member) for name, member in theirs.__members__.items()
        }


def test_options_have_the_defaults_of_onnxruntime_and_reach_it():
    options, native = SessionOptions(), onnxruntime.SessionOptions()
    names = [name for name in SessionOptions.__dataclass_fields__ if not name.startswith("_")]
    assert len(names) == 9
    for name in names:
        assert int(getattr(options, name) or 0) == int(getattr(native, name) or 0), name
    options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL
    options.execution_mode = ExecutionMode.ORT_PARALLEL
    options.intra_op_num_threads = 3
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.disable_prepacking", "1")
    assert options.get_session_config_entry("session.disable_prepacking") == "1"
    session = asyncio.run(InferenceSession.create(iris(), options))
    used = session._session._session.get_session_options()
    for name in ("graph_optimization_level", "execution_mode", "intra_op_num_threads"):
        assert int(getattr(used, name)) == int(getattr(options, name))
    assert used.enable_mem_pattern is False
    assert used.get_session_config_entry("session.disable_prepacking") == "1"


def test_an_option_that_does_not_exist_is_refused():
    with pytest.raises(AttributeError, match="enable_profiling"):
        SessionOptions().enable_profiling = True


def test_options_of_onnxruntime_itself_are_accepted_on_cpython():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = asyncio.run(InferenceSession.create(iris(), options))
    assert session._session._session.get_session_options().intra_op_num_threads == 2


@pytest.mark.parametrize("name", ["CPUExecutionProvider", "cpu", "wasm"])
def test_every_name_of_the_cpu_provider_is_accepted(name):
    session = asyncio.run(InferenceSession.create(iris(), providers=[(name, {})]))
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_provider_that_is_not_available_is_left_out_with_a_warning():
    assert "CPUExecutionProvider" in get_available_providers()
    wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    with pytest.warns(UserWarning, match="CUDAExecutionProvider is not used"):
        session = asyncio.run(InferenceSession.create(iris(), providers=wanted))
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_an_error_of_onnxruntime_is_raised_as_an_error_of_the_library():
    session = asyncio.run(InferenceSession.create(bytearray(iris())))
    with pytest.raises(InputError, match="features"):
        asyncio.run(session.run(None, {}))
    with pytest.raises(SessionError, match="can't read the model"):
        asyncio.run(InferenceSession.create("no-such-file.onnx"))
    asyncio.run(session.release())
    with pytest.raises(SessionError, match="released"):
        session.get_inputs()


def test_without_onnxruntime_and_numpy_only_the_use_of_a_model_fails(tmp_path):
    for name in ("numpy", "onnxruntime"):
        (tmp_path / f"{name}.py").write_text("raise ImportError(__name__)", "utf-8")
    code = """
import asyncio
from offline_onnx import *
print(InferenceSession.__name__, load.__name__)
asyncio.run(load("x.onnx"))
"""
    environment = {"PYTHONPATH": f"{tmp_path}:{venv.ROOT / 'py'}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "InferenceSession load\n"
    assert "offline-onnx[native]" in done.stderr.splitlines()[-1]


def test_names_that_do_not_exist_are_reported():
    with pytest.raises(AttributeError, match="'offline_onnx' has no attribute 'RunOptions'"):
        offline_onnx.RunOptions()
