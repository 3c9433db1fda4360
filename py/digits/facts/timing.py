"""How long a reading takes: read the same number many times, while the pen rests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digits.app import App
    from offline_onnx import Session, Tensor

RUNS = 21
"""How many times to read. It is odd, so that one of the times is the median."""


@dataclass(frozen=True)
class Times:
    """The seconds that RUNS readings took.

    Attributes:
        network: The median of the network alone.
        reading: The median of a whole reading, from strokes to answers.
        slowest: The longest whole reading.

    """

    network: float
    reading: float
    slowest: float


@dataclass(frozen=True)
class TimedSession:
    """Measure how long each run of a session takes. Satisfies offline_onnx.Session."""

    session: Session
    clock: Callable[[], float]
    seconds: list[float] = field(default_factory=list)

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model. Raises SessionError."""
        begin = self.clock()
        answer = await self.session.run(inputs, outputs)
        self.seconds.append(self.clock() - begin)
        return answer

    async def release(self) -> None:
        """Free the session's memory."""
        await self.session.release()


async def measure(app: App, clock: Callable[[], float] = perf_counter) -> Times | None:
    """Read what is shown RUNS times.

    Returns:
        The times, None if nothing is shown or if the drawing changes in the meantime.

    Raises:
        SessionError: The model can't run.

    """
    number, reader = app.number, app.recogniser
    if reader is None:
        return None
    session = TimedSession(reader.model.session, clock)
    timed = replace(reader, model=replace(reader.model, session=session))
    whole: list[float] = []
    while len(whole) < RUNS:
        rests = app.is_up_to_date and not app.ink.pen_is_down
        if not (number and app.number is number and rests):
            return None
        begin = clock()
        _, images, _ = app.images_to_read()
        await timed.read(images)
        whole.append(clock() - begin)
    return Times(_median(session.seconds), _median(whole), max(whole))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
