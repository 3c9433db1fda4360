"""Corrupt files, and files that are not models.

`case` writes the digests of such a file into the manifest, so that the file passes verification as
a model. It also applies some of the functions to manifests.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KINDS: Kinds[Callable[[bytes, Random], bytes]] = Kinds()
UNPACKED_BOMB_SIZE = 100_000_000
"""Size of the unpacked zip bomb in bytes."""
HUGE_LENGTHS = (2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
"""Lengths of protobuf fields in bytes."""
_CONTINUATION_BIT = 0x80
"""Set in all bytes but the last one of a protobuf varint."""
_LENGTH_DELIMITED = 2
"""The wire type of a protobuf field that begins with its length: the last 3 bits of its tag."""


@KINDS.add()
def bits_flipped(content: bytes, rng: Random) -> bytes:
    """Flip some bits."""
    body = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        # The first bytes hold the structure; most others are weights.
        position = rng.randrange(min(rng.choice([400, len(body)]), len(body)))
        body[position] ^= 1 << rng.randrange(8)
    return bytes(body)


@KINDS.add()
def truncated(content: bytes, rng: Random) -> bytes:
    """Cut the file at a random position."""
    return content[: rng.randrange(1, len(content))]


@KINDS.add()
def section_moved(content: bytes, rng: Random) -> bytes:
    """Move a random part of the file to its end."""
    start, stop = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    return content[:start] + content[stop:] + content[start:stop]


@KINDS.add()
def bytes_inserted(content: bytes, rng: Random) -> bytes:
    """Insert random bytes."""
    position = rng.randrange(len(content))
    return content[:position] + rng.randbytes(rng.choice([1, 100, 100_000])) + content[position:]


@KINDS.add()
def repeated(content: bytes, rng: Random) -> bytes:
    """Repeat the file."""
    # Protobuf merges concatenated messages into one.
    return content * rng.choice([2, 50])


@KINDS.add()
def random_bytes(_content: bytes, rng: Random) -> bytes:
    """Replace the file with random bytes."""
    return rng.randbytes(rng.choice([1, 7, 1000, 1_000_000]))


@KINDS.add()
def section_zeroed(content: bytes, rng: Random) -> bytes:
    """Replace a random part of the file with zeros."""
    start = rng.randrange(len(content))
    stop = rng.randrange(start, len(content)) + 1
    return content[:start] + bytes(stop - start) + content[stop:]


@KINDS.add()
def wrong_field_lengths(content: bytes, rng: Random) -> bytes:
    """Write a wrong length, up to 2^64 - 1, at positions where a protobuf field may begin."""
    body = bytearray(content)
    positions = range(min(len(body), 2000) - 1)
    fields = [position for position in positions if body[position] & 7 == _LENGTH_DELIMITED]
    for position in rng.sample(fields, min(rng.choice([1, 3]), len(fields))):
        body[position + 1 : position + 2] = _varint(rng.choice([*HUGE_LENGTHS, len(body) + 1]))
    return bytes(body)


@KINDS.add()
def nested_graphs(_content: bytes, rng: Random) -> bytes:
    """Nest graphs in attributes of nodes, in most cases deeper than a parser allows."""
    inner = b""
    for _ in range(rng.choice([30, 300, 3000])):
        for field in (6, 5, 1):  # AttributeProto.g, NodeProto.attribute, GraphProto.node
            inner = bytes([field << 3 | _LENGTH_DELIMITED]) + _varint(len(inner)) + inner
    model_graph = bytes([7 << 3 | _LENGTH_DELIMITED])  # ModelProto.graph
    return model_graph + _varint(len(inner)) + inner


@KINDS.add()
def zip_bomb(_content: bytes, rng: Random) -> bytes:
    """Replace the file with a small zip file that unpacks to a huge file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr(rng.choice(["model.onnx", "../../model.onnx"]), bytes(UNPACKED_BOMB_SIZE))
    return packed.getvalue()


@KINDS.add()
def other_file(_content: bytes, rng: Random) -> bytes:
    """Replace the file with one of another format."""
    return rng.choice(
        [
            b"<!doctype html><script>document.body.remove()</script>",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"\0asm\x01\0\0\0",
            b"PK\x05\x06" + bytes(18),
            b"ORTM" + rng.randbytes(500),
            b'{"name": "no model"}',
        ]
    )


def _varint(number: int) -> bytes:
    """Encode a number as a protobuf varint."""
    encoded = bytearray()
    while number >= _CONTINUATION_BIT:
        encoded.append(number % _CONTINUATION_BIT | _CONTINUATION_BIT)
        number //= _CONTINUATION_BIT
    return bytes([*encoded, number])
