"""Images to readings, over any model that takes images and gives probabilities."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.raster import SIDE
from offline_onnx import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.raster import Image
    from offline_onnx import Model


@dataclass(frozen=True)
class Reading:
    """What the network makes of one image.

    probabilities: one for each label, in 0..1. They may sum to less than one: what is missing is
    the probability that the image shows no digit at all. label, probability: the best of them.
    second: the label that comes next. sure: whether the best is probable enough to be an answer.
    """

    label: str
    probability: float
    probabilities: tuple[float, ...]
    second: str
    sure: bool


@dataclass(frozen=True)
class Recogniser:
    """A model with one input, images, and one output, a probability for each of its labels.

    A reading is sure from the probability on that the model's metadata gives as `threshold`; a
    model without one is always sure.
    """

    model: Model

    async def read(self, images: Sequence[Image]) -> list[Reading]:
        """Read all images in one run. Raises SessionError if the model can't take them."""
        pixels = array("f", b"".join(image.tobytes() for image in images))
        (images_in,), (probabilities,) = self.model.get_inputs(), self.model.get_outputs()
        outputs = await self.model.run(
            {images_in.name: Tensor(pixels, (len(images), SIDE, SIDE, 1))}
        )
        values = outputs[probabilities.name].values
        width = len(self.model.labels)
        return [self._reading(values[i * width : (i + 1) * width]) for i in range(len(images))]

    def _reading(self, probabilities: array[float]) -> Reading:
        ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
        best, second = ranked[:2]
        return Reading(
            self.model.labels[best],
            probabilities[best],
            tuple(probabilities),
            self.model.labels[second],
            probabilities[best] >= self.model.metadata.get("threshold", 0.0),
        )
