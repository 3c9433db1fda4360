"""Files that are no model, or a damaged one; their manifests fit them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

KINDS: Kinds[Callable[[bytes, Random], bytes]] = Kinds()
BOMB = 100_000_000
"""Bytes of the unpacked zip bomb."""
HUGE = (2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_VARINT = 0x80


@KINDS.add()
def bits_flipped(content: bytes, dice: Random) -> bytes:
    body = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 8, 64])):
        # The first bytes hold the structure; most others are weights.
        place = dice.randrange(min(dice.choice([400, len(body)]), len(body)))
        body[place] ^= 1 << dice.randrange(8)
    return bytes(body)


@KINDS.add()
def cut(content: bytes, dice: Random) -> bytes:
    return content[: dice.randrange(1, len(content))]


@KINDS.add()
def spliced(content: bytes, dice: Random) -> bytes:
    one, other = sorted((dice.randrange(len(content)), dice.randrange(len(content))))
    return content[:one] + content[other:] + content[one:other]


@KINDS.add()
def grown(content: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(content))
    return content[:place] + dice.randbytes(dice.choice([1, 100, 100_000])) + content[place:]


@KINDS.add()
def repeated(content: bytes, dice: Random) -> bytes:
    # Protobuf reads concatenated messages as one.
    return content * dice.choice([2, 50])


@KINDS.add()
def noise(_content: bytes, dice: Random) -> bytes:
    return dice.randbytes(dice.choice([1, 7, 1000, 1_000_000]))


@KINDS.add()
def zeros(content: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(content))
    stop = dice.randrange(start, len(content)) + 1
    return content[:start] + bytes(stop - start) + content[stop:]


@KINDS.add()
def lengths_wrong(content: bytes, dice: Random) -> bytes:
    """Write another length, up to 2^64 - 1, where a protobuf field may begin."""
    body = bytearray(content)
    fields = [place for place in range(min(len(body), 2000) - 1) if body[place] & 7 == 2]
    for place in dice.sample(fields, min(dice.choice([1, 3]), len(fields))):
        body[place + 1 : place + 2] = _varint(dice.choice([*HUGE, len(body) + 1]))
    return bytes(body)


@KINDS.add()
def nested(_content: bytes, dice: Random) -> bytes:
    """Nest graphs in attributes of nodes of graphs, deeper than any stack."""
    inner = b""
    for _ in range(dice.choice([30, 300, 3000])):
        for field in (6, 5, 1):
            inner = bytes([field << 3 | 2]) + _varint(len(inner)) + inner
    return bytes([7 << 3 | 2]) + _varint(len(inner)) + inner


@KINDS.add()
def zip_bomb(_content: bytes, dice: Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr(dice.choice(["model.onnx", "../../model.onnx"]), bytes(BOMB))
    return packed.getvalue()


@KINDS.add()
def other_file(_content: bytes, dice: Random) -> bytes:
    return dice.choice(
        [
            b"<!doctype html><script>document.body.remove()</script>",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"\0asm\x01\0\0\0",
            b"PK\x05\x06" + bytes(18),
            b"ORTM" + dice.randbytes(500),
            b'{"name": "no model"}',
        ]
    )


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >= _VARINT:
        written.append(number % _VARINT | _VARINT)
        number //= _VARINT
    return bytes([*written, number])
