"""Measure how long a reading takes: read the same number many times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from digits.median import median

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digits.app import App
    from offline_onnx import Tensor
    from offline_onnx.inference.session import Session

RUNS = 21
"""How many readings to measure. The number is odd, so that one of the times is the median."""


@dataclass(frozen=True)
class Times:
    """The durations of RUNS readings, in seconds.

    Attributes:
        network: The median duration of the network's run alone.
        reading: The median duration of a whole reading, from strokes to labels.
        slowest: The longest duration of a whole reading.

    """

    network: float
    reading: float
    slowest: float


@dataclass(frozen=True)
class TimedSession:
    """A session that measures the duration of each run in seconds. It implements `Session`."""

    session: Session
    clock: Callable[[], float]
    seconds: list[float] = field(default_factory=list)

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model. Raise SessionError if it can't run."""
        begin = self.clock()
        result = await self.session.run(inputs, outputs)
        self.seconds.append(self.clock() - begin)
        return result

    async def release(self) -> None:
        """Free the session's memory."""
        await self.session.release()


async def measure(app: App, clock: Callable[[], float] = perf_counter) -> Times | None:
    """Read the shown number RUNS times, and measure each reading.

    Returns:
        The durations; None if no number is shown, or if the pen is down, a reading is requested or
            the number changes during the measurement.

    Raises:
        SessionError: The model can't run.

    """
    number, recogniser = app.symbols, app.recogniser
    if recogniser is None:
        return None
    session = TimedSession(recogniser.model.session, clock)
    timed = replace(recogniser, model=replace(recogniser.model, session=session))
    readings: list[float] = []
    while len(readings) < RUNS:
        is_at_rest = app.is_up_to_date and not app.ink.pen_is_down
        if not (number and app.symbols is number and is_at_rest):
            return None
        begin = clock()
        await app.read_source(timed)
        readings.append(clock() - begin)
    return Times(median(session.seconds), median(readings), max(readings))
