"""How much five corrections help: styles of writing that the model misreads, taught to the app.

A style is what somebody might do to all digits of a kind: draw them mirrored, upside down, leaning,
turned. Those that the model reads in less than half of the cases are taught with five examples that
it misread; then all other drawings in that style are read, and digits as they usually are.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

import numpy as np

from digits.drawing.raster import rasterise
from digits.reading.contract import DISTANCES, FEATURES, IS_DIGIT
from digits.reading.nearest import NearestNeighbours
from digits.reading.recogniser import Recogniser
from model.evaluation import habits
from model.evaluation import readings as reading
from model.evaluation.habits import HABITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.drawing.ink import Stroke
    from digits.drawing.raster import Image
    from digits.reading.recogniser import Outputs
    from model.data.mnist import Digits

EXAMPLES = 5
DRAWINGS = 200
"""Drawings of each digit, at most: the first ones."""
ROUNDS = 3
"""How often each style is taught, each time with other examples."""
UNREAD, WELL_READ = 0.5, 0.9


@dataclass(frozen=True)
class Style:
    """A style that was taught, each figure over all rounds.

    before, after: the share of further drawings that is read right. scans, drawings: how much of
    the share of MNIST's test set, and of the drawings as they are, is lost by it.
    """

    label: str
    habit: str
    before: float
    after: float
    scans: float
    drawings: float


def measure(folder: Path, test: Digits, drawn: Sequence[tuple[str, list[Stroke]]]) -> list[Style]:
    """Teach each style that the model in the folder misreads.

    test: MNIST's test set. drawn: digits as they come from the pen.
    """
    reader = reading.recogniser(folder)
    scans = _outputs(reader, reading.images_of(test))
    usual = list(zip(map(str, test.labels.tolist()), scans, strict=True))
    kept = _first_of_each(drawn)
    labels, plain = [label for label, _ in kept], [strokes for _, strokes in kept]
    own = list(zip(labels, _outputs(reader, _images(plain)), strict=True))
    found = []
    for habit in HABITS:
        changed = _outputs(reader, _images([habits.drawn(strokes, habit) for strokes in plain]))
        for label in sorted(set(labels)):
            style = [each for name, each in zip(labels, changed, strict=True) if name == label]
            if _share(reader, [(label, outputs) for outputs in style]) < UNREAD:
                found.append(_taught(reader, label, habit, style, usual, own))
    return found


def as_text(styles: Sequence[Style]) -> str:
    """Write the figures as a table, and what they come to."""
    lines = ["style                 before   after   MNIST loses   drawings lose"]
    lines += [
        f"{each.label} {each.habit:18} {each.before:7.1%} {each.after:7.1%}"
        f"{100 * each.scans:11.2f} pt {100 * each.drawings:12.2f} pt"
        for each in styles
    ]
    summary = summed_up(styles)
    lines.append(
        f"{summary['styles']} styles, before {summary['before']:.1%}, after {EXAMPLES} corrections "
        f"{summary['after']:.1%}, {summary['well_read']} of them above {WELL_READ:.0%}; "
        f"MNIST loses {100 * summary['scans_mean']:.3f} points, at most "
        f"{100 * summary['scans_most']:.2f}; drawings as they usually are "
        f"{100 * summary['drawings_mean']:.2f}, at most {100 * summary['drawings_most']:.2f}"
    )
    return "\n".join(lines)


def as_json(styles: Sequence[Style]) -> str:
    """Write the same for programs."""
    rows = [vars(style) for style in styles]
    return json.dumps({**summed_up(styles), "each": rows}, indent=1)


def summed_up(styles: Sequence[Style]) -> dict[str, Any]:
    """Give the means over styles, how many are well read, and the most that is lost."""
    return {
        "styles": len(styles),
        "before": float(np.mean([style.before for style in styles])),
        "after": float(np.mean([style.after for style in styles])),
        "well_read": sum(style.after > WELL_READ for style in styles),
        "scans_mean": float(np.mean([style.scans for style in styles])),
        "scans_most": max(style.scans for style in styles),
        "drawings_mean": float(np.mean([style.drawings for style in styles])),
        "drawings_most": max(style.drawings for style in styles),
    }


def _taught(
    reader: Recogniser,
    label: str,
    habit: str,
    style: Sequence[Outputs],
    usual: Sequence[tuple[str, Outputs]],
    own: Sequence[tuple[str, Outputs]],
) -> Style:
    """Teach a style, ROUNDS times anew; usual: scans, own: drawings as they are."""
    random = np.random.default_rng([int(label), *habit.encode()])
    misread = [i for i, each in enumerate(style) if reader.reading(each).label != label]
    rounds = []
    for _ in range(ROUNDS):
        chosen = set(random.choice(misread, EXAMPLES, replace=False).tolist())
        taught = NearestNeighbours()
        for i in chosen:
            taught.add(i, label, style[i][FEATURES])
        pupil = Recogniser(reader.model, taught)
        further = [(label, each) for i, each in enumerate(style) if i not in chosen]
        before, after = _share(reader, further), _share(pupil, further)
        losses = [_share(reader, pairs) - _share(pupil, pairs) for pairs in (usual, own)]
        rounds.append((before, after, *losses))
    return Style(label, habit, *(float(mean) for mean in np.mean(rounds, 0)))


def _share(reader: Recogniser, pairs: Sequence[tuple[str, Outputs]]) -> float:
    """Give the share that is read right."""
    return float(np.mean([reader.reading(outputs).label == label for label, outputs in pairs]))


def _outputs(reader: Recogniser, images: Sequence[Image]) -> list[Outputs]:
    """Give what the model makes of images: what is taught is looked at later."""

    async def run() -> list[Outputs]:
        wanted = [reader.model.get_outputs()[0].name, IS_DIGIT, FEATURES, DISTANCES]
        parts = batched(images, reading.BATCH)
        return [each for part in parts for each in await reader.outputs(part, wanted)]

    return asyncio.run(run())


def _first_of_each(drawn: Sequence[tuple[str, list[Stroke]]]) -> list[tuple[str, list[Stroke]]]:
    labels = sorted({label for label, _ in drawn})
    return [
        each for label in labels for each in [pair for pair in drawn if pair[0] == label][:DRAWINGS]
    ]


def _images(drawings: Sequence[list[Stroke]]) -> list[Image]:
    with ProcessPoolExecutor() as pool:
        return list(pool.map(rasterise, drawings, chunksize=100))
