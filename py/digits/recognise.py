"""Images to readings, over any session."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.raster import SIDE
from offline_onnx import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.raster import Image
    from offline_onnx import Manifest, Session


@dataclass(frozen=True)
class Reading:
    """What the network makes of one image. probabilities: one for each label, in 0..1."""

    label: str
    probability: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Recogniser:
    """A session, and the manifest that names its input, its output and its labels."""

    session: Session
    manifest: Manifest

    async def read(self, images: Sequence[Image]) -> list[Reading]:
        """Read all images in one run. Raises SessionError if the runtime refuses them."""
        pixels = array("f", b"".join(image.tobytes() for image in images))
        outputs = await self.session.run(
            {self.manifest.input.name: Tensor(pixels, (len(images), SIDE, SIDE, 1))}
        )
        values = outputs[self.manifest.output.name].values
        width = len(self.manifest.labels)
        return [self._reading(values[i * width : (i + 1) * width]) for i in range(len(images))]

    def _reading(self, probabilities: array[float]) -> Reading:
        best = max(range(len(probabilities)), key=probabilities.__getitem__)
        return Reading(self.manifest.labels[best], probabilities[best], tuple(probabilities))
