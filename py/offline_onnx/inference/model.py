"""A model that is ready to run: it knows what goes in, what comes out, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import InputError
from offline_onnx.inference.tensor import tensor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.errors import OfflineModelError
    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.inference.session import Runtime, Session
    from offline_onnx.inference.tensor import Tensor, TensorSpec


class Origin(Enum):
    """Where the model that runs came from."""

    STORED = "stored"
    """The browser's store; nothing was downloaded."""
    STORED_OLDER = "stored_older"
    """The store's previous version: the one in use can't be used, and no other could be had."""
    DOWNLOADED = "downloaded"
    """A download, and it was stored."""
    REPAIRED = "repaired"
    """A download, and it was stored in place of a copy that was damaged or could not be opened."""
    RESTORED = "restored"
    """A download, and it was stored; the browser had removed the copy that was here."""
    NOT_STORED = "not_stored"
    """A download, and it could not be stored: it runs from memory."""
    GIVEN = "given"
    """A source that was handed in, such as a file; it is not stored."""


@dataclass(frozen=True)
class Model:
    """A session and its manifest; the methods are named as onnxruntime's InferenceSession's are.

    origin: where it was loaded from; None if it was opened from a file. warning: what went wrong on
    the way without stopping it, such as a storage that is full.
    """

    manifest: Manifest
    session: Session
    origin: Origin | None = None
    warning: OfflineModelError | None = None

    def __post_init__(self) -> None:
        if self.warning:  # the frames that it was raised in hold the bytes of a model
            self.warning.with_traceback(None)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the first output's last dimension."""
        return self.manifest.labels

    @property
    def metadata(self) -> dict[str, Any]:
        """What else the manifest says of the model."""
        return self.manifest.metadata

    def get_inputs(self) -> list[TensorSpec]:
        """Name the inputs, their dtypes and shapes."""
        return list(self.manifest.inputs)

    def get_outputs(self) -> list[TensorSpec]:
        """Name the outputs, their dtypes and shapes."""
        return list(self.manifest.outputs)

    async def run(
        self, input_feed: Mapping[str, Any], output_names: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model on inputs by name; give its outputs by name.

        input_feed: a Tensor, anything with a buffer (array, NumPy), or lists of numbers for each
        input. output_names: those that are wanted; all, if left out.

        Raises InputError before the run if an input is not as the manifest says, SessionError if
        the runtime fails.
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


async def tried_out[B](runtime: Runtime[B], manifest: Manifest, content: B) -> Model:
    """Open a version that has never run here; give it once it has passed its self-test.

    Raises SelfTestFailed, SessionError, or ManifestError if no input can be made of the self-test.
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
    """Make tensors of a feed. Raises InputError that names what is expected and what is given.

    A dimension with a name may have any size, but the same one in every input.
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
    """Compare two shapes. sizes: what named dimensions are in this feed; new ones are added."""
    if len(shape) != len(expected):
        return False
    pairs = zip(shape, expected, strict=True)
    return all(
        size == (sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted)
        for size, wanted in pairs
    )


def _list(names: Any) -> str:
    return ", ".join(repr(name) for name in sorted(names)) or "none"
