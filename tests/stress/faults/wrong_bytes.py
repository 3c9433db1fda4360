"""The right file, sent wrongly: too late, too little, too much, or another part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stress.faults.answer import FILE, MANIFEST, RANGES, Spoil
from tests.stress.faults.versions import CHUNK_SIZE
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.answer import Answer

KINDS: Kinds[Spoil] = Kinds()


@KINDS.add(FILE, MANIFEST)
def cut(answer: Answer, dice: Random) -> None:
    answer.stop = dice.randrange(len(answer.body) or 1)
    answer.end = dice.choice(["close", "reset"])


@KINDS.add(FILE)
def cut_unsized(answer: Answer, dice: Random) -> None:
    answer.stop = dice.randrange(len(answer.body) or 1)
    del answer.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def never(answer: Answer, _dice: Random) -> None:
    answer.wait = None


@KINDS.add(FILE, MANIFEST)
def stall(answer: Answer, dice: Random) -> None:
    answer.stop, answer.end = dice.randrange(len(answer.body) or 1), "hang"


@KINDS.add(FILE, MANIFEST)
def late(answer: Answer, dice: Random) -> None:
    answer.wait = dice.uniform(0.1, 0.5)


@KINDS.add(FILE, MANIFEST)
def drip(answer: Answer, dice: Random) -> None:
    answer.drip = dice.uniform(0.01, 0.05)


@KINDS.add(FILE, MANIFEST)
def flip(answer: Answer, dice: Random) -> None:
    body = bytearray(answer.body)
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    answer.body = bytes(body)


@KINDS.add(FILE, MANIFEST)
def shortened(answer: Answer, dice: Random) -> None:
    answer.replace(answer.body[: dice.randrange(len(answer.body))])


@KINDS.add(FILE, MANIFEST)
def lengthened(answer: Answer, dice: Random) -> None:
    answer.replace(answer.body + dice.randbytes(dice.randint(1, 2 * CHUNK_SIZE)))
    if dice.random() < 0.5:
        del answer.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def says_longer(answer: Answer, dice: Random) -> None:
    answer.headers["Content-Length"] = str(len(answer.body) + dice.randint(1, CHUNK_SIZE))


@KINDS.add(FILE, MANIFEST)
def says_shorter(answer: Answer, dice: Random) -> None:
    answer.headers["Content-Length"] = str(dice.randrange(len(answer.body)))


@KINDS.add(RANGES)
def range_other(answer: Answer, dice: Random) -> None:
    starts = [s for s in range(0, len(answer.content), CHUNK_SIZE) if s != answer.asked]
    answer.send_from(dice.choice([*starts, dice.randrange(len(answer.content))]))


@KINDS.add(RANGES)
def range_later(answer: Answer, _dice: Random) -> None:
    last = (len(answer.content) - 1) // CHUNK_SIZE * CHUNK_SIZE
    answer.send_from(min((answer.asked or 0) + CHUNK_SIZE, last))


@KINDS.add(RANGES)
def range_lies(answer: Answer, dice: Random) -> None:
    start = dice.choice([0, dice.randrange(len(answer.content))])
    answer.replace((answer.content[start:] + answer.content)[: len(answer.body)])


@KINDS.add(RANGES)
def range_ignored(answer: Answer, _dice: Random) -> None:
    answer.status, answer.start = 200, 0
    answer.headers.pop("Content-Range", None)
    answer.replace(answer.content)


@KINDS.add(RANGES)
def range_refused(answer: Answer, _dice: Random) -> None:
    answer.become(416, b"", {"Content-Range": f"bytes */{len(answer.content)}"})


@KINDS.add(RANGES)
def range_unnamed(answer: Answer, dice: Random) -> None:
    named = answer.headers.pop("Content-Range", "")
    if dice.random() < 0.5:
        answer.headers["Content-Range"] = named.rpartition("/")[0] + dice.choice(["/*", "/99", ""])


@KINDS.add(FILE)
def range_unasked(answer: Answer, dice: Random) -> None:
    answer.send_from(dice.randrange(0, len(answer.content), CHUNK_SIZE))
