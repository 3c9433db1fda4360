"""onnxruntime's API in plain Pyodide gives the same results as on CPython.

The tests run a user's code, and the patterns: code blocks in docs/onnxruntime-api.md.

NumPy is missing here, because npm's package `pyodide` does not contain it.
"""

import json
from pathlib import Path

import pytest

from tests.browser.worlds.conftest import open_world
from tests.support import time_limits
from tests.support.onnxruntime_user import code as user_code
from tests.support.onnxruntime_user.models import EXPECTED
from tests.support.onnxruntime_user.patterns import PATTERNS
from tests.support.small_models import iris

USER_CODE = Path(user_code.__file__).read_text("utf-8")
WITHOUT_NUMPY = {
    "import numpy as np": "from array import array\nfrom offline_onnx import Tensor",
    "np.full(given.shape, 0.5, np.float32)": 'Tensor(array("f", [0.5] * 60), (3, 4, 5))',
    "np.array([[5.1, 3.5], [6.7, 3.0], [5.9, 3.0]], np.float32)": (
        "[[5.1, 3.5], [6.7, 3.0], [5.9, 3.0]]"
    ),
    "np.zeros((2, 1, 4), np.float32)": 'Tensor(array("f", [0.0] * 8), (2, 1, 4))',
    "np.array(16000, np.int64)": "16000",
    "np.full((1, 8), loudness, np.float32)": 'Tensor(array("f", [loudness] * 8), (1, 8))',
}
"""Parts of the patterns' code that use NumPy, and the same without NumPy."""


def without_numpy(code):
    """Replace the code that uses NumPy."""
    for before, after in WITHOUT_NUMPY.items():
        code = code.replace(before, after)
    assert "np." not in code
    return code


def flat(value):
    """Return the numbers, rounded, and the strings in nested lists as one list."""
    if isinstance(value, list):
        return [inner for item in value for inner in flat(item)]
    return [round(value, 5) if isinstance(value, float) else value]


FILES_AND_BYTES = f"""
from pathlib import Path
from offline_onnx import InferenceSession, load
content = {iris()!r}
path = Path("/home/pyodide/models/own.onnx")
path.parent.mkdir()
path.write_bytes(content)
sessions = [await InferenceSession.create(model) for model in (path, str(path), content)]
sessions.append(await InferenceSession.create(bytearray(content)))
loaded = await load(path)
answers = [(await s.run(None, {{"features": [[1, 2, 3, 4]]}}))[0].tolist() for s in sessions]
answers.append((await loaded.run({{"features": [[1, 2, 3, 4]]}}))["probabilities"].tolist())
[[answer == answers[0] for answer in answers], loaded.origin.value, loaded.manifest.name]
"""
# Opens a model with an output that is not a tensor, and runs it.
RUN_OUTPUT_THAT_IS_NO_TENSOR = """
from offline_onnx import InputError
session = await InferenceSession.create("logreg_iris.onnx")
try:
    await session.run(None, {"float_input": [[1, 2], [3, 4], [5, 6]]})
except InputError as error:
    message = error.what
[[output.type for output in session.get_outputs()], message]
"""


@pytest.mark.parametrize("place", ["main", "worker"])
def test_a_users_code_and_the_code_in_the_docs_run(
    start_world, place, world_folder, monkeypatch, subtests
):
    world = start_world(place)
    world.install()
    world.run(f"{USER_CODE}\nNone")
    for name, expected in EXPECTED.items():
        with subtests.test(name):
            assert world.run(f"await {name}()") == expected
    monkeypatch.chdir(world_folder)
    for pattern in PATTERNS:
        with subtests.test(pattern.heading):
            names = {}
            exec(pattern.before, names)  # noqa: S102  # from docs/onnxruntime-api.md
            found = world.run(f"{without_numpy(pattern.after)}\nresult")
            assert flat(found) == flat(json.loads(json.dumps(names["result"])))
    with subtests.test("files and bytes"):
        assert world.run(FILES_AND_BYTES) == [[True] * 5, "file", "own"]
        assert world.server.requests_for("own.onnx") == []
    with subtests.test("run_sync"):
        waited = "sessions[0].run_sync(None, {'features': [[1, 2, 3, 4]]})[0].tolist()"
        assert world.run(waited) == world.run("answers[0]")
    with subtests.test("outputs that are not tensors"):
        types, message = world.run(RUN_OUTPUT_THAT_IS_NO_TENSOR)
        assert types == ["tensor(int64)", "unknown"]
        assert message.startswith("The output 'probabilities' is not a tensor, and onnxruntime")


# Counts the workers that the page starts, in `started`.
COUNT_WORKERS = """
globalThis.started = 0;
globalThis.Worker = class extends Worker {
  constructor(...more) {
    super(...more);
    started += 1;
  }
};
"""


LOAD_WITH_2_THREADS = """
from offline_onnx import SessionOptions, load
model = await load("iris.onnx", options=SessionOptions(intra_op_num_threads=2))
[type(model.warning).__name__, model.warning.what]
"""
ONE_THREAD = "The model runs with 1 instead of 2 threads"


def test_threads_are_used_where_the_page_is_isolated_but_not_with_the_wheel(
    start_world, page, world_server, subtests
):
    world_server.is_isolated = True
    page.add_init_script(COUNT_WORKERS)
    world = start_world("main")
    library, runtime = world.wheels
    world.install(library)
    with subtests.test("the script of onnxruntime-web"):
        page.add_script_tag(url="ort/ort.wasm.min.js")
        code = """
from offline_onnx import InferenceSession, SessionOptions, load
options = SessionOptions(intra_op_num_threads=2)
session = await InferenceSession.create("iris.onnx", options)
(answer,) = await session.run(None, {"features": [[5.1, 3.5, 1.4, 0.2]]})
model = await load("iris.onnx", options=SessionOptions(intra_op_num_threads=4))
[list(answer.shape), model.warning.what]
"""
        shape, warning = world.run(code)
        assert shape == [1, 3]
        assert warning.startswith("The model runs with 2 instead of 4 threads")
        assert page.evaluate("[crossOriginIsolated, ort.env.wasm.numThreads]") == [True, 2]
        assert page.evaluate("started") > 0
    with subtests.test("the wheel"):
        page.evaluate("() => { ort = undefined; }")
        world.install(runtime)
        kind, what = world.run(LOAD_WITH_2_THREADS)
        assert kind == "ThreadsUnavailable"
        reason = "the package `offline_onnx_runtime` has no URL"
        assert what.startswith(f"{ONE_THREAD}: {reason}")


def test_without_a_graphics_card_or_isolation_the_model_runs_with_a_warning(
    start_world, page, subtests
):
    world = start_world("main")
    library, runtime = world.wheels
    world.install(library)
    with subtests.test("no graphics card"):
        page.evaluate("import('/ort/ort.webgpu.bundle.min.mjs').then((ort) => { self.ort = ort; })")
        code = """
from offline_onnx import load
model = await load("iris.onnx", providers=["webgpu", "wasm"])
outputs = await model.run({"features": [[5.1, 3.5, 1.4, 0.2]]})
[outputs["probabilities"].tolist(), type(model.warning).__name__, model.warning.what]
"""
        answer, kind, what = world.run(code)
        assert answer[0] == pytest.approx([0.70681, 0.28737, 0.00582], abs=1e-4)
        assert kind == "ProviderUnavailable"
        assert "WebGpuExecutionProvider is not used" in what
        assert "adapter" in what
    with subtests.test("not isolated"):
        page.evaluate("() => { ort = undefined; }")
        world.install(runtime)
        kind, what = world.run(LOAD_WITH_2_THREADS)
        assert kind == "ThreadsUnavailable"
        assert what.startswith(f"{ONE_THREAD}: the page is not cross-origin isolated")


WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")
"""Arguments with which Chromium offers WebGPU on the CPU, without a graphics card."""


def test_webgpu_runs_a_model_where_the_browser_has_it(
    browser_type, browser_type_launch_args, world_server
):
    arguments = [*browser_type_launch_args["args"], *WEBGPU]
    with browser_type.launch(**{**browser_type_launch_args, "args": arguments}) as browser:
        page = browser.new_page()
        page.set_default_timeout(1000 * time_limits.TIMEOUT)
        world = open_world(page, world_server, "main")
        world.install(world.wheels[0])
        page.evaluate("import('/ort/ort.webgpu.bundle.min.mjs').then((ort) => { self.ort = ort; })")
        code = """
from offline_onnx import InferenceSession, get_available_providers
session = await InferenceSession.create("iris.onnx", providers=["webgpu", "wasm"])
(answer,) = await session.run(None, {"features": [[5.1, 3.5, 1.4, 0.2]]})
[get_available_providers()[0], session.get_providers(), answer.tolist()]
"""
        available, used, answer = world.run(code)
    assert available == "WebGpuExecutionProvider"
    assert used == ["WebGpuExecutionProvider", "CPUExecutionProvider"]
    assert answer[0] == pytest.approx([0.70681, 0.28737, 0.00582], abs=1e-4)
