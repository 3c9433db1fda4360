"""A model that is ready to run: its manifest, its session, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import InputError
from offline_onnx.inference.session import tensor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.errors import OfflineModelError
    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.inference.session import Runtime, Session, Tensor, TensorSpec


class Origin(Enum):
    """Where a loaded model came from."""

    STORED = "stored"
    """It was stored; nothing was downloaded."""
    STORED_OLDER = "stored_older"
    """The previous stored version: the current one is unusable and no download succeeded."""
    DOWNLOADED = "downloaded"
    """It was downloaded and stored."""
    REPAIRED = "repaired"
    """It was downloaded and replaced a stored copy that was damaged or could not be opened."""
    RESTORED = "restored"
    """It was downloaded and stored, because the browser had deleted the stored copy."""
    NOT_STORED = "not_stored"
    """It was downloaded and could not be stored: it runs from memory."""
    GIVEN = "given"
    """It was read from a source that the caller passed, such as a file; it is not stored."""


@dataclass(frozen=True)
class Model:
    """A session and its manifest, with the method names of onnxruntime's InferenceSession.

    Attributes:
        manifest: the description of the model.
        session: runs it.
        origin: where it was loaded from; None for a file on CPython.
        warning: an error that did not stop the load, such as StoreFull.

    """

    manifest: Manifest
    session: Session
    origin: Origin | None = None
    warning: OfflineModelError | None = None

    def __post_init__(self) -> None:
        if self.warning:  # its frames would keep the bytes of a model in memory
            self.warning.with_traceback(None)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the first output's last dimension."""
        return self.manifest.labels

    @property
    def metadata(self) -> dict[str, Any]:
        """The publisher's own fields of the manifest."""
        return self.manifest.metadata

    def get_inputs(self) -> list[TensorSpec]:
        """Return name, dtype and shape of each input."""
        return list(self.manifest.inputs)

    def get_outputs(self) -> list[TensorSpec]:
        """Return name, dtype and shape of each output."""
        return list(self.manifest.outputs)

    async def run(
        self, input_feed: Mapping[str, Any], output_names: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model.

        Args:
            input_feed: for each input, by name, a Tensor, an object with a buffer (array, NumPy),
                or nested lists of numbers.
            output_names: the outputs to return; None for all.

        Returns:
            The outputs, by name.

        Raises:
            InputError: an input or a name does not match the manifest; nothing was run.
            SessionError: the runtime failed.

        """
        feed = checked(input_feed, self.manifest.inputs)
        known = {spec.name for spec in self.manifest.outputs}
        if unknown := set(output_names or ()) - known:
            raise InputError(f"No output is named {_list(unknown)}; there are {_list(known)}.")
        return await self.session.run(feed, output_names)

    async def self_test(self) -> None:
        """Run the manifest's self-test, if it has one. Raises SelfTestFailed, SessionError."""
        if self.manifest.self_test:
            await self.manifest.self_test.check(self.session, self.manifest.inputs)


async def open_validated[B](runtime: Runtime[B], manifest: Manifest, content: B) -> Model:
    """Open a model that has never run here, and return it once it has passed its self-test.

    Raises:
        SelfTestFailed: it gives other results than expected.
        SessionError: it can't be opened or run.
        ManifestError: the self-test's values don't fit the inputs.

    """
    session = await runtime.open(content)
    model = Model(manifest, session)
    try:
        await model.self_test()
    except BaseException:
        await session.release()
        raise
    return model


def checked(feed: Mapping[str, Any], specs: Sequence[TensorSpec]) -> dict[str, Tensor]:
    """Return the inputs as tensors that match their specs.

    A dimension with a name may have any size, but has the same size in all inputs.

    Raises:
        InputError: an input does not match; the message names what is expected and given.

    """
    names = {spec.name for spec in specs}
    if feed.keys() != names:
        raise InputError(f"Expected the inputs {_list(names)}, given: {_list(feed)}.")
    sizes: dict[str, int] = {}
    tensors = {spec.name: tensor_of(feed[spec.name], spec.dtype) for spec in specs}
    for spec in specs:
        tensor = tensors[spec.name]
        if tensor.dtype != spec.dtype or not _fits(tensor.shape, spec.shape, sizes):
            shape = ", ".join(map(str, tensor.shape))
            bound = "".join(f", {name} = {size}" for name, size in sizes.items())
            raise InputError(
                f"The input {spec.name!r} should be {spec}{bound}, "
                f"given is {tensor.dtype} ({shape})."
            )
    return tensors


def _fits(shape: tuple[int, ...], expected: tuple[int | str, ...], sizes: dict[str, int]) -> bool:
    """Compare two shapes; `sizes` holds the sizes of named dimensions and gets new ones added."""
    if len(shape) != len(expected):
        return False
    pairs = zip(shape, expected, strict=True)
    return all(
        size == (sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted)
        for size, wanted in pairs
    )


def _list(names: Any) -> str:
    return ", ".join(repr(name) for name in sorted(names)) or "none"
