"""Read images with any model that turns images into probabilities."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digits.reading.contract import (
    DIGITS,
    DISTANCES,
    FEATURES,
    IS_DIGIT,
    SIGN_PROBABILITIES,
    SIGNS,
    SYMBOLS,
    THRESHOLD,
)
from digits.reading.nearest import NearestNeighbours
from offline_onnx import Tensor
from offline_onnx.errors import SessionError
from offline_onnx.inference.tensor import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digits.drawing.raster import Image
    from offline_onnx import Model

ROUNDING_ERROR = 1e-3
"""A probability may exceed 1 by this much, because models compute in float32."""

NO_SYMBOL = "?"
"""The page shows this in place of a symbol if an image seems to show none."""

_DOT, _TIMES = SIGNS.index("."), SIGNS.index("×")

type Outputs = dict[str, array[float]]
"""A model's outputs for one image: the values of each output, by the output's name."""


@dataclass(frozen=True)
class UsedExample:
    """A taught example that took part in a reading.

    Attributes:
        key: The key of the example. Among the examples of its label, it is the most similar to the
            image.
        reading_without: The reading of the model alone, without taught examples.

    """

    key: int
    reading_without: Reading


@dataclass(frozen=True)
class Reading:
    """The result of reading one image.

    Attributes:
        label: The most probable label: a digit or a sign.
        confidence: The probability that the image shows it, in 0..1.
        probabilities: The probability of each digit, assuming that the image shows a digit.
        is_digit: The probability that the image shows a digit, in 0..1.
        signs: For each of SIGNS, the probability that the image shows it. Empty if the model reads
            no signs.
        second: The second most probable label.
        threshold: The minimum confidence to count as an answer.
        used_example: The taught example that took part in the reading; None if none did.

    """

    label: str
    confidence: float
    probabilities: tuple[float, ...]
    is_digit: float
    signs: tuple[float, ...]
    second: str
    threshold: float
    used_example: UsedExample | None = None

    @property
    def joint_probabilities(self) -> tuple[float, ...]:
        """For each digit, the probability that the image shows it. Their sum is `is_digit`."""
        return tuple(probability * self.is_digit for probability in self.probabilities)

    @property
    def is_confident(self) -> bool:
        """Whether the confidence is high enough for an answer."""
        return self.confidence >= self.threshold

    def probability_of(self, symbol: str) -> float:
        """Return the probability that the image shows a digit or sign."""
        if symbol in DIGITS:
            return self.joint_probabilities[DIGITS.index(symbol)]
        return self.signs[SIGNS.index(symbol)] if self.signs else 0.0

    @property
    def not_symbol(self) -> float:
        """The probability that the image shows no digit and no sign."""
        return max(1 - self.is_digit - sum(self.signs), 0.0)

    @property
    def seems_no_symbol(self) -> bool:
        """Whether there is no answer because the image probably shows no digit and no sign."""
        return not self.is_confident and self.not_symbol > self.confidence

    @property
    def text(self) -> str:
        """The label; NO_SYMBOL if the image seems to show none."""
        return NO_SYMBOL if self.seems_no_symbol else self.label

    @property
    def is_decided_by_example(self) -> bool:
        """Whether a taught example decided the answer: the model alone would answer differently."""
        if self.used_example is None:
            return False
        without = self.used_example.reading_without
        return (self.text, self.is_confident) != (without.text, without.is_confident)

    def weighted(self, weights: Weights) -> Reading:
        """Return this reading after each possibility was multiplied by a weight.

        The reading does not change if the model reads no signs, or if all products are 0.
        """
        if not self.signs:
            return self
        signs = [value * weight for value, weight in zip(self.signs, weights.signs, strict=True)]
        signs[_TIMES] += self.signs[_DOT] * weights.dot_for_times
        is_digit = self.is_digit * weights.digit
        total = is_digit + sum(signs) + self.not_symbol * weights.other
        if not total > 0:
            return self
        example = self.used_example
        return replace(
            ranked(
                self.probabilities,
                is_digit / total,
                [value / total for value in signs],
                self.threshold,
            ),
            used_example=example
            and replace(example, reading_without=example.reading_without.weighted(weights)),
        )


@dataclass(frozen=True)
class Weights:
    """How likely each possibility is apart from the image, as multiples of each other.

    Attributes:
        digit: The weight of each digit.
        signs: The weight of each of SIGNS.
        dot_for_times: The weight of a dot that stands for "×".
        other: The weight of ink that is no symbol.

    """

    digit: float
    signs: Sequence[float]
    dot_for_times: float
    other: float

    def times(self, later: Weights) -> Weights:
        """Return the weights that have the effect of these weights, and then of the later ones.

        In the later weights, no dot may stand for "×": their `dot_for_times` must be 0.
        """
        return Weights(
            self.digit * later.digit,
            [one * other for one, other in zip(self.signs, later.signs, strict=True)],
            self.dot_for_times * later.signs[_TIMES],
            self.other * later.other,
        )


def ranked(
    probabilities: Sequence[float], is_digit: float, signs: Sequence[float], threshold: float
) -> Reading:
    """Return a reading with the most probable label and the second most probable one.

    Args:
        probabilities: The probability of each digit, assuming that there is a digit.
        is_digit: The probability that there is a digit.
        signs: The probability of each of SIGNS; empty for a model that reads no signs.
        threshold: The minimum confidence to count as an answer.

    Raises:
        InvalidProbabilities: A probability is not in 0..1.

    """
    if not all(0 <= value <= 1 + ROUNDING_ERROR for value in (*probabilities, is_digit, *signs)):
        raise InvalidProbabilities(sum(probabilities))
    joint = [*(probability * is_digit for probability in probabilities), *signs]
    order = sorted(range(len(joint)), key=joint.__getitem__, reverse=True)
    best, second = order[:2]
    if not any(joint):  # then all digits are equally improbable: keep their order
        best, second = sorted(range(len(DIGITS)), key=probabilities.__getitem__, reverse=True)[:2]
    return Reading(
        SYMBOLS[best],
        joint[best],
        tuple(probabilities),
        is_digit,
        tuple(signs),
        SYMBOLS[second],
        threshold,
    )


class InvalidProbabilities(SessionError):
    """A probability that the model returned is not in 0..1.

    Attributes:
        total: The sum of the probabilities of all labels.

    """

    def __init__(self, total: float) -> None:
        super().__init__(f"A probability from the model is not in 0..1; all labels sum to {total}.")
        self.total = total


ALONE = Weights(1.0, [0.02 if sign in "+-×÷=" else 0.005 for sign in SIGNS], 0.0, 1.0)
"""The weights of a symbol that is alone: a digit, rather than a sign of the same shape."""


@dataclass(frozen=True)
class Recogniser:
    """Reads digits and signs with a model and with the examples that the user taught.

    The input of the model is a batch of images of 28 x 28 values, for example [N, 28, 28, 1]. Its
    first output contains the probabilities, [N, labels]. It may have the optional outputs and
    metadata that `digits.reading.contract` lists. Without `is_digit`, every image counts as a
    digit. Without `signs`, no sign is read. Without `features` and `distances`, the model can't be
    taught. Without a valid `threshold`, every reading is confident.
    """

    model: Model
    taught: NearestNeighbours = field(default_factory=NearestNeighbours)

    async def read(self, images: Sequence[Image], weights: Weights = ALONE) -> list[Reading]:
        """Read all images in one run of the model.

        Args:
            images: The images.
            weights: What is known apart from the image; by default, that the symbol is alone.

        Raises:
            SessionError: The model can't run.
            InvalidProbabilities: A probability is not in 0..1.

        """
        every = await self.outputs(images, self.names_of_outputs())
        return [self.reading(outputs).weighted(weights) for outputs in every]

    def names_of_outputs(self) -> list[str]:
        """Return the names of the outputs that `reading` needs."""
        optional = {IS_DIGIT, SIGN_PROBABILITIES} & self._output_names
        names = [self._probabilities_name, *sorted(optional)]
        if self.taught and self.can_be_taught:
            names += [FEATURES, DISTANCES]
        return names

    async def outputs(self, images: Sequence[Image], names: Sequence[str]) -> list[Outputs]:
        """Run the model once and return the outputs with these names for each image.

        Raises:
            SessionError: The model can't run, or an output differs from its declared type or shape.

        """
        pixels = array("f", b"".join(image.tobytes() for image in images))
        (image_input,) = self.model.get_inputs()
        sizes = [size for size in (image_input.shape or ())[1:] if isinstance(size, int)]
        feed = {image_input.name: Tensor(pixels, (len(images), *sizes))}
        tensors = await self.model.run(feed, names)
        for spec in self.model.get_outputs():
            tensor = tensors.get(spec.name)
            if tensor is not None and not _matches(tensor, spec, len(images)):
                actual = TensorSpec(spec.name, tensor.dtype, tensor.shape)
                raise SessionError(f"The model returned {spec.name!r} as {actual}, not as {spec}.")
        return [_row(tensors, index, len(images)) for index in range(len(images))]

    def reading(self, outputs: Outputs) -> Reading:
        """Combine the model's outputs for one image with the examples that the user taught.

        Raises:
            InvalidProbabilities: A probability is not in 0..1.

        """
        probabilities: Sequence[float] = outputs[self._probabilities_name]
        is_digit = outputs[IS_DIGIT][0] if IS_DIGIT in outputs else 1.0
        signs: Sequence[float] = outputs.get(SIGN_PROBABILITIES, ())
        reading = ranked(probabilities, is_digit, signs, self._threshold)
        if FEATURES not in outputs:
            return reading
        distances = dict(zip(SYMBOLS, outputs[DISTANCES], strict=False))
        match = self.taught.match(outputs[FEATURES], distances)
        if match is None:
            return reading
        # Mix two distributions: one that is certain of the taught label, and the model's.
        model_weight = 1 - match.weight
        signs = [model_weight * each for each in signs]
        if match.label in DIGITS:
            probabilities = [model_weight * each for each in probabilities]
            probabilities[DIGITS.index(match.label)] += match.weight
            is_digit = 1 - model_weight * (1 - is_digit)
        else:
            is_digit *= model_weight
            signs[SIGNS.index(match.label)] += match.weight
        mixed = ranked(probabilities, is_digit, signs, self._threshold)
        return replace(mixed, used_example=UsedExample(match.example, reading))

    @property
    def _threshold(self) -> float:
        return threshold_of(self.model.metadata) or 0.0

    @cached_property
    def can_be_taught(self) -> bool:
        """Whether the model has the outputs that learning needs."""
        return {FEATURES, DISTANCES} <= self._output_names

    @cached_property
    def _output_names(self) -> set[str]:
        return {output.name for output in self.model.get_outputs()}

    @cached_property
    def _probabilities_name(self) -> str:
        return self.model.get_outputs()[0].name


def threshold_of(metadata: Mapping[str, Any]) -> float | None:
    """Return the threshold in a model's metadata: 0.0 if absent, None if invalid."""
    threshold = metadata.get(THRESHOLD, 0.0)
    return threshold if isinstance(threshold, (int, float)) and 0 <= threshold <= 1 else None


def _matches(tensor: Tensor, spec: TensorSpec, count: int) -> bool:
    """Return whether an output has the declared type, and for each image the declared shape."""
    return tensor.dtype == spec.dtype and tensor.shape == (count, *(spec.shape or ())[1:])


def _row(tensors: Mapping[str, Tensor], index: int, count: int) -> Outputs:
    """Return the row with this index of each tensor. Each tensor has `count` rows."""
    row = {}
    for name, tensor in tensors.items():
        width = len(tensor.values) // count
        row[name] = tensor.values[index * width : (index + 1) * width]
    return row
