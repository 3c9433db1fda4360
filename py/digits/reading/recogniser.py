"""Images to readings, over any model that takes images and gives probabilities."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digits.reading.nearest import Taught
from offline_onnx import SessionError, Tensor, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digits.drawing.raster import Image
    from offline_onnx import Model


ROUNDING = 1e-3
"""A sum of probabilities may be a bit more than 1."""


@dataclass(frozen=True)
class Reading:
    """What the network makes of one image.

    probabilities: one for each label, in 0..1, if the image shows a digit. is_digit: the
    probability that it does. label, probability: the best of them. second: the label that comes
    next. threshold: the sureness from which on it is an answer. as_taught: whether what was taught
    on this device has a part in it.
    """

    label: str
    probability: float
    probabilities: tuple[float, ...]
    is_digit: float
    second: str
    threshold: float
    as_taught: bool = False

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


class NoProbabilities(SessionError):
    """The model gives values of which one is no probability. total: their sum."""

    def __init__(self, total: float) -> None:
        super().__init__(f"The model gives values that are no probabilities; their sum is {total}.")
        self.total = total


type Outputs = dict[str, array[float]]
"""What a model gives for one image: values by output's name."""

IS_DIGIT, FEATURES, DISTANCES = "is_digit", "features", "distances"
"""Outputs that a model may have beside its first: see `Recogniser`."""
THRESHOLD = "threshold"
"""What a model's metadata calls the sureness from which on a reading is an answer."""
LAYER = "layer_"
"""How the names of those outputs begin that are a layer's maps: (N, maps, height, width)."""


@dataclass(frozen=True)
class Recogniser:
    """A model that tells of each image a probability for each label.

    It takes any number of images of 28 x 28 values, as (N, 28, 28, 1) or (N, 1, 28, 28). Its first
    output is the probabilities. What else it may give, by name: `is_digit`, how probable
    it is that the image shows a digit at all; `features`, what its last layer looks at; and
    `distances`, how far these are from what each label usually looks like. A model that gives the
    last two can be taught. A reading is sure from the `threshold` in the model's metadata on; a
    model without, or with one that is none, is always sure.
    """

    model: Model
    taught: Taught = field(default_factory=Taught)

    async def read(self, images: Sequence[Image]) -> list[Reading]:
        """Read all images in one run. Raises SessionError if the model can't, NoProbabilities."""
        wanted = [self._probabilities, *({IS_DIGIT} & self._names)]
        if self.taught and self.can_be_taught:
            wanted += [FEATURES, DISTANCES]
        return [self.reading(outputs) for outputs in await self.outputs(images, wanted)]

    async def outputs(self, images: Sequence[Image], wanted: Sequence[str]) -> list[Outputs]:
        """Run the model once; give the wanted outputs of each image. Raises SessionError."""
        pixels = array("f", b"".join(image.tobytes() for image in images))
        (images_in,) = self.model.get_inputs()
        sizes = [size for size in images_in.shape[1:] if isinstance(size, int)]
        feed = {images_in.name: Tensor(pixels, (len(images), *sizes))}
        tensors = await self.model.run(feed, wanted)
        for spec in self.model.get_outputs():
            if (given := tensors.get(spec.name)) and not _is_as_told(given, spec, len(images)):
                found = TensorSpec(spec.name, given.dtype, given.shape)
                raise SessionError(f"The model gives {spec.name!r} as {found}, not as {spec}.")
        return [_nth(tensors, place, len(images)) for place in range(len(images))]

    def reading(self, outputs: Outputs) -> Reading:
        """Make a reading of what the model gives for one image, and of what was taught.

        Raises NoProbabilities.
        """
        labels = self.model.labels
        probabilities, as_taught = outputs[self._probabilities], False
        is_digit = outputs[IS_DIGIT][0] if IS_DIGIT in outputs else 1.0
        if FEATURES in outputs:
            distances = dict(zip(labels, outputs[DISTANCES], strict=True))
            if like := self.taught.likeness(outputs[FEATURES], distances):
                # What is taught is a digit, and this one, with its weight; else all is as it was.
                rest, as_taught = 1 - like.weight, True
                probabilities = array("f", [rest * each for each in probabilities])
                probabilities[labels.index(like.label)] += like.weight
                is_digit = 1 - rest * (1 - is_digit)
        if not all(0 <= value <= 1 + ROUNDING for value in (*probabilities, is_digit)):
            raise NoProbabilities(sum(probabilities))
        ranked = sorted(range(len(labels)), key=probabilities.__getitem__, reverse=True)
        best, second = ranked[:2]
        return Reading(
            labels[best],
            probabilities[best],
            tuple(probabilities),
            is_digit,
            labels[second],
            threshold_of(self.model.metadata) or 0.0,
            as_taught,
        )

    @cached_property
    def can_be_taught(self) -> bool:
        """Whether the model gives what it takes to adapt a reading."""
        return {FEATURES, DISTANCES} <= self._names

    @cached_property
    def _names(self) -> set[str]:
        return {output.name for output in self.model.get_outputs()}

    @cached_property
    def _probabilities(self) -> str:
        return self.model.get_outputs()[0].name


def threshold_of(metadata: Mapping[str, Any]) -> float | None:
    """Give the threshold in a model's metadata, 0 if there is none, None if it is none."""
    threshold = metadata.get(THRESHOLD, 0.0)
    return threshold if isinstance(threshold, (int, float)) and 0 <= threshold <= 1 else None


def _is_as_told(tensor: Tensor, spec: TensorSpec, count: int) -> bool:
    """Tell whether an output has a row for each image, of the size that the manifest tells."""
    return tensor.dtype == spec.dtype and tensor.shape == (count, *spec.shape[1:])


def _nth(tensors: Mapping[str, Tensor], place: int, count: int) -> Outputs:
    """Give what tensors with `count` rows hold in one of them."""
    found = {}
    for name, tensor in tensors.items():
        width = len(tensor.values) // count
        found[name] = tensor.values[place * width : (place + 1) * width]
    return found
