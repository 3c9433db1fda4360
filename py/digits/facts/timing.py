"""How long a reading takes: what is shown is read again and again, while the pen rests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digits.app import App
    from offline_onnx import Session, Tensor

RUNS = 21
"""How often it is read. An odd number of times has a middle."""


@dataclass(frozen=True)
class Times:
    """Seconds, of RUNS readings. network: the middle of what the network's runs took.

    reading: the middle of the whole, from strokes to answers. worst: the longest of the whole.
    """

    network: float
    reading: float
    worst: float


@dataclass(frozen=True)
class TimedSession:
    """A session that notes what each run takes. Satisfies offline_onnx.Session."""

    session: Session
    clock: Callable[[], float]
    seconds: list[float] = field(default_factory=list)

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model. Raises SessionError if the runtime refuses."""
        begin = self.clock()
        answer = await self.session.run(inputs, outputs)
        self.seconds.append(self.clock() - begin)
        return answer

    async def release(self) -> None:
        """Give the session's memory back."""
        await self.session.release()


async def measure(app: App, clock: Callable[[], float] = perf_counter) -> Times | None:
    """Read what is shown RUNS times. None if nothing is, or if the drawing goes on meanwhile.

    Raises SessionError.
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
    return Times(_middle(session.seconds), _middle(whole), max(whole))


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
