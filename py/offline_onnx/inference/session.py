"""What can run a model: onnxruntime-web in the browser, onnxruntime on CPython."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.inference.tensor import Tensor


class Session(Protocol):
    """A model that is ready to run."""

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model: its inputs by name in, its outputs by name out.

        outputs: the names of those that are wanted; all, if left out.

        Raises SessionError if the runtime refuses.
        """
        ...

    async def release(self) -> None:
        """Give its memory back; it can't be run again. Never raises."""
        ...


class Runtime[B](Protocol):
    """Makes sessions of models' bytes, of the type `B`."""

    async def open(self, content: B) -> Session:
        """Open a session. Raises SessionError if the runtime can't start or read the model."""
        ...
