"""The protocols `Session` and `Runtime`, which run models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.inference.tensor import Tensor


class Session(Protocol):
    """An open model."""

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model.

        Args:
            inputs: a tensor for each input, by name.
            outputs: the names of the outputs to return; None for all.

        Returns:
            The outputs, by name.

        Raises:
            SessionError: the inputs are wrong, the runtime fails, or the session was released.

        """
        ...

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards.

        Never raises. Calling it again has no effect.
        """
        ...


class Runtime[B](Protocol):
    """Opens models. `B` is the type of their bytes."""

    async def open(self, content: B, external_data: Mapping[str, B]) -> Session:
        """Open a model.

        Args:
            content: the bytes of the `.onnx` file.
            external_data: the bytes of each file with external data, by name; often empty.

        Raises:
            SessionError: the runtime can't start, or can't read the model.

        """
        ...
