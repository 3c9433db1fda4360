"""Code of a user of the library. Tests run it unchanged on CPython and in a page, without NumPy.

It opens the models that `models` writes, which are in the current folder or beside the page.
"""

from array import array

from offline_onnx import (
    GraphOptimizationLevel,
    InferenceSession,
    OfflineModelError,
    SessionOptions,
    Tensor,
    load,
)

FLOWER = [[5.1, 3.5, 1.4, 0.2]]
"""The measurements of an iris, for which the model's answer is the first class."""


async def failure(call):
    """Return the name of the library's error that a call raises, or the result of the call."""
    try:
        return await call
    except OfflineModelError as error:
        return type(error).__name__


async def open_iris():
    """Open a model; return the descriptions of its input and output, and its answer."""
    session = await InferenceSession.create("iris.onnx")
    first_input, first_output = session.get_inputs()[0], session.get_outputs()[0]
    (answer,) = await session.run(None, {"features": FLOWER})
    tensor = Tensor(array("f", FLOWER[0]), (1, 4))
    (same,) = await session.run(["probabilities"], {"features": tensor})
    return {
        "input": [first_input.name, first_input.type, first_input.shape],
        "output": [first_output.name, first_output.type, first_output.shape],
        "best": max(range(3), key=answer.tolist()[0].__getitem__),
        "same": same.tolist() == answer.tolist(),
    }


async def pass_every_type():
    """Pass values of each type to a model that returns its input; return its outputs by type.

    Also return the shape of an input whose first dimension has no name, and a single number.
    """
    returned = {}
    for dtype in ("float16", "float32", "float64", "int8", "int64", "uint8", "bool", "string"):
        session = await InferenceSession.create(f"{dtype}.onnx")
        values = [["", "é", "two"]] if dtype == "string" else [[0, 1, 1]]
        outputs = [await session.run(None, {"x": x}) for x in (values, [[], []])]
        kind = session.get_inputs()[0].type
        returned[kind] = [[list(y.shape), y.tolist()] for (y,) in outputs]
    scalar = await InferenceSession.create("scalar.onnx")
    unnamed = await InferenceSession.create("unnamed.onnx")
    returned["unnamed"] = unnamed.get_inputs()[0].shape
    returned["scalar"] = (await scalar.run(None, {"x": 5}))[0].tolist()
    return returned


async def choose_options():
    """Open a model with options and providers; return their effects.

    They are the input's shape, the last provider, the number of outputs, and the name of the error
    for an input of another shape.
    """
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_free_dimension_override_by_name("N", 1)
    session = await InferenceSession.create("iris.onnx", options, ["webgpu", "wasm"])
    one = await session.run(None, {"features": FLOWER})
    two = await failure(session.run(None, {"features": FLOWER * 2}))
    return [session.get_inputs()[0].shape, session.get_providers()[-1], len(one), two]


async def make_mistakes():
    """Return the names of the errors that mistakes raise."""
    session = await InferenceSession.create("iris.onnx")
    doubles = Tensor(array("d", FLOWER[0]), (1, 4))
    mistakes = {
        "type": session.run(None, {"features": doubles}),
        "shape": session.run(None, {"features": [1.0, 2.0]}),
        "input": session.run(None, {"flower": FLOWER}),
        "output": session.run(["kind"], {"features": FLOWER}),
        "file": InferenceSession.create(b"not a model"),
        "stored": load("indexeddb://nothing"),
        "pin": load("iris.onnx", sha256="0" * 64),
    }
    names = {mistake: await failure(call) for mistake, call in mistakes.items()}
    await session.release()
    names["released"] = await failure(session.run(None, {"features": FLOWER}))
    return names


async def load_iris():
    """Load a model with and without a manifest; return what is the same on CPython and in a page.

    The two loads must also agree with each other.
    """
    reports = []
    described = await load("iris.json")
    model = await load("iris.onnx", progress=lambda *report: reports.append(report))
    answers = [
        (await each.run({"features": FLOWER}))["probabilities"] for each in (described, model)
    ]
    same = await load("iris.onnx", sha256=described.manifest.sha256, timeout=60)
    async with same:
        await same.warm_up()
        await described.warm_up()
    return {
        "labels": [list(described.labels), list(model.labels)],
        "specs": [str(spec) for spec in (*model.get_inputs(), *model.get_outputs())],
        "answers": answers[0].tolist() == answers[1].tolist(),
        "metadata": model.metadata,
        "version": model.manifest.version == described.manifest.sha256[:12],
        "progress": reports[-1] == (model.manifest.size, model.manifest.size),
        "released": await failure(same.run({"features": FLOWER})),
        "pinned": same.manifest.sha256 == model.manifest.sha256,
    }
