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

    probabilities: one for each label, in 0..1, if the image shows a digit. is_digit: the
    probability that it does. label, probability: the best of them. second: the label that comes
    next. threshold: the sureness from which on it is an answer.
    """

    label: str
    probability: float
    probabilities: tuple[float, ...]
    is_digit: float
    second: str
    threshold: float

    @property
    def chances(self) -> tuple[float, ...]:
        """How probable it is that the image shows each digit; what is missing to 1 is no digit."""
        return tuple(probability * self.is_digit for probability in self.probabilities)

    @property
    def sureness(self) -> float:
        """How probable it is that the image shows this very digit, in 0..1."""
        return self.probability * self.is_digit

    @property
    def sure(self) -> bool:
        """Whether the label is an answer, not a guess."""
        return self.sureness >= self.threshold


@dataclass(frozen=True)
class Recogniser:
    """A model that tells of each image a probability for each label, and whether it is a digit.

    A reading is sure from the `threshold` in the model's metadata on. The app's first models had
    neither a second output nor a threshold, and may be kept on a device: they are always sure.
    """

    model: Model

    async def read(self, images: Sequence[Image]) -> list[Reading]:
        """Read all images in one run. Raises SessionError if the model can't take them."""
        pixels = array("f", b"".join(image.tobytes() for image in images))
        (images_in,), (probabilities, *rest) = self.model.get_inputs(), self.model.get_outputs()
        outputs = await self.model.run(
            {images_in.name: Tensor(pixels, (len(images), SIDE, SIDE, 1))}
        )
        values, width = outputs[probabilities.name].values, len(self.model.labels)
        are_digits = outputs[rest[0].name].values if rest else [1.0] * len(images)
        rows = [values[i * width : (i + 1) * width] for i in range(len(images))]
        return [self._reading(row, chance) for row, chance in zip(rows, are_digits, strict=True)]

    def _reading(self, probabilities: array[float], is_digit: float) -> Reading:
        ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
        best, second = ranked[:2]
        return Reading(
            self.model.labels[best],
            probabilities[best],
            tuple(probabilities),
            is_digit,
            self.model.labels[second],
            self.model.metadata.get("threshold", 0.0),
        )
