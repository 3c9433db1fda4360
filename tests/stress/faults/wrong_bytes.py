"""Faults in sending a file: late, not at all, incomplete, changed, or with wrong headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stress.faults.response import FILE, MANIFEST, RANGES, Corrupt
from tests.stress.faults.versions import CHUNK_SIZE
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.response import Response

KINDS: Kinds[Corrupt] = Kinds()


@KINDS.add(FILE, MANIFEST)
def connection_cut(response: Response, rng: Random) -> None:
    """Close or reset the connection within the body."""
    response.cut_at = rng.randrange(len(response.body) or 1)
    response.cut_by = rng.choice(["close", "reset"])


@KINDS.add(FILE)
def connection_cut_without_length(response: Response, rng: Random) -> None:
    """Close the connection within the body, and omit the header Content-Length."""
    response.cut_at = rng.randrange(len(response.body) or 1)
    del response.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def no_response(response: Response, _rng: Random) -> None:
    """Send nothing, and keep the connection open."""
    response.delay = None


@KINDS.add(FILE, MANIFEST)
def stalled(response: Response, rng: Random) -> None:
    """Stop within the body, and keep the connection open."""
    response.cut_at, response.cut_by = rng.randrange(len(response.body) or 1), "hang"


@KINDS.add(FILE, MANIFEST)
def delayed(response: Response, rng: Random) -> None:
    """Wait before the first byte."""
    response.delay = rng.uniform(0.1, 0.5)


@KINDS.add(FILE, MANIFEST)
def throttled(response: Response, rng: Random) -> None:
    """Send the body slowly."""
    response.block_delay = rng.uniform(0.01, 0.05)


@KINDS.add(FILE, MANIFEST)
def bit_flipped(response: Response, rng: Random) -> None:
    """Flip one bit of the body."""
    body = bytearray(response.body)
    body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    response.body = bytes(body)


@KINDS.add(FILE, MANIFEST)
def body_shortened(response: Response, rng: Random) -> None:
    """Send only the beginning of the body, with the length of this beginning in the headers."""
    response.replace_body(response.body[: rng.randrange(len(response.body))])


@KINDS.add(FILE, MANIFEST)
def body_lengthened(response: Response, rng: Random) -> None:
    """Append random bytes to the body."""
    response.replace_body(response.body + rng.randbytes(rng.randint(1, 2 * CHUNK_SIZE)))
    if rng.random() < 0.5:
        del response.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def content_length_too_large(response: Response, rng: Random) -> None:
    """Send a Content-Length that is larger than the body."""
    response.headers["Content-Length"] = str(len(response.body) + rng.randint(1, CHUNK_SIZE))


@KINDS.add(FILE, MANIFEST)
def content_length_too_small(response: Response, rng: Random) -> None:
    """Send a Content-Length that is smaller than the body."""
    response.headers["Content-Length"] = str(rng.randrange(len(response.body)))


@KINDS.add(RANGES)
def range_from_other_start(response: Response, rng: Random) -> None:
    """Send another range than the requested one, with correct headers for it."""
    starts = [
        s for s in range(0, len(response.content), CHUNK_SIZE) if s != response.requested_start
    ]
    response.send_range_from(rng.choice([*starts, rng.randrange(len(response.content))]))


@KINDS.add(RANGES)
def range_from_next_chunk(response: Response, _rng: Random) -> None:
    """Send the range that begins one chunk later, with correct headers for it."""
    last = (len(response.content) - 1) // CHUNK_SIZE * CHUNK_SIZE
    response.send_range_from(min((response.requested_start or 0) + CHUNK_SIZE, last))


@KINDS.add(RANGES)
def range_with_wrong_bytes(response: Response, rng: Random) -> None:
    """Send the bytes of another range, with the headers of the requested one."""
    start = rng.choice([0, rng.randrange(len(response.content))])
    response.replace_body((response.content[start:] + response.content)[: len(response.body)])


@KINDS.add(RANGES)
def range_ignored(response: Response, _rng: Random) -> None:
    """Send the whole file instead of the requested range."""
    response.status, response.body_start = 200, 0
    response.headers.pop("Content-Range", None)
    response.replace_body(response.content)


@KINDS.add(RANGES)
def range_refused(response: Response, _rng: Random) -> None:
    """Send status 416: the requested range does not exist."""
    response.replace_with(416, b"", {"Content-Range": f"bytes */{len(response.content)}"})


@KINDS.add(RANGES)
def content_range_incomplete(response: Response, rng: Random) -> None:
    """Omit the header Content-Range, or send it without the correct length of the file."""
    content_range = response.headers.pop("Content-Range", "")
    if rng.random() < 0.5:
        response.headers["Content-Range"] = content_range.rpartition("/")[0] + rng.choice(
            ["/*", "/99", ""]
        )


@KINDS.add(FILE)
def unrequested_range(response: Response, rng: Random) -> None:
    """Send a range that begins at a random chunk, even if the whole file was requested."""
    response.send_range_from(rng.randrange(0, len(response.content), CHUNK_SIZE))
