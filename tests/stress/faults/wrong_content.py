"""Something else instead of the file: a web page, a status, a redirect, another version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.stress.faults.answer import FILE, HTML, MANIFEST, PAGE, Spoil
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.answer import Answer

KINDS: Kinds[Spoil] = Kinds()


@KINDS.add(FILE, MANIFEST)
def portal(answer: Answer, dice: Random) -> None:
    answer.become(200, PAGE, dice.choice([HTML, {"Content-Type": "application/octet-stream"}]))


@KINDS.add(FILE, MANIFEST)
def portal_redirect(answer: Answer, _dice: Random) -> None:
    answer.become(302, b"", {"Location": "/portal"})


@KINDS.add(FILE, MANIFEST)
def status_404(answer: Answer, _dice: Random) -> None:
    answer.become(404, PAGE, HTML)


@KINDS.add(FILE, MANIFEST)
def status_500(answer: Answer, _dice: Random) -> None:
    answer.become(500, b"Internal error", {"Content-Type": "text/plain"})


@KINDS.add(FILE, MANIFEST)
def status_204(answer: Answer, _dice: Random) -> None:
    answer.become(204, b"", {})
    del answer.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def redirect(answer: Answer, _dice: Random) -> None:
    answer.become(302, b"", {"Location": f"moved/{answer.name}"})


@KINDS.add(FILE, MANIFEST)
def redirect_round(answer: Answer, _dice: Random) -> None:
    answer.become(302, b"", {"Location": "?again"})


@KINDS.add(FILE, MANIFEST)
def redirect_origin(answer: Answer, dice: Random) -> None:
    folder = dice.choice(["open", "closed"])
    answer.become(302, b"", {"Location": f"{answer.elsewhere}{folder}/{answer.name}"})


@KINDS.add(FILE, MANIFEST)
def other_type(answer: Answer, _dice: Random) -> None:
    answer.become(200, b'{"error": "no such model"}', {"Content-Type": "application/json"})


@KINDS.add(FILE, MANIFEST)
def gzip_lie(answer: Answer, _dice: Random) -> None:
    answer.headers["Content-Encoding"] = "gzip"


@KINDS.add(FILE, MANIFEST)
def no_http(answer: Answer, _dice: Random) -> None:
    answer.http = False


@KINDS.add(FILE)
def other_version(answer: Answer, _dice: Random) -> None:
    answer.content = answer.other.content
    answer.replace(answer.content[answer.start :])


@KINDS.add(MANIFEST)
def manifest_other(answer: Answer, _dice: Random) -> None:
    answer.replace(answer.other.manifest.encode())


@KINDS.add(MANIFEST)
def manifest_garbled(answer: Answer, dice: Random) -> None:
    answer.replace(dice.choice([b"", b"null", b"[]", b"\xff\xfe", answer.body[:-3], b"{" * 5000]))


@KINDS.add(MANIFEST)
def manifest_digest(answer: Answer, dice: Random) -> None:
    raw = json.loads(answer.body)
    raw["chunks"][dice.randrange(len(raw["chunks"]))] = dice.randbytes(32).hex()
    answer.replace(json.dumps(raw).encode())


@KINDS.add(MANIFEST)
def manifest_sha256(answer: Answer, dice: Random) -> None:
    other = dice.choice([answer.other.sha256, dice.randbytes(32).hex()])
    answer.replace(json.dumps({**json.loads(answer.body), "sha256": other}).encode())


@KINDS.add(MANIFEST)
def manifest_self_test(answer: Answer, dice: Random) -> None:
    """Describe the model so that its self-test fails, or can't be run."""
    raw = json.loads(answer.body)
    if dice.random() < 0.5:
        raw["self_test"]["outputs"]["y"][0] += dice.choice([-1, 1])
    else:
        raw["inputs"][0]["dtype"] = "int32"
    answer.replace(json.dumps(raw).encode())


@KINDS.add(MANIFEST)
def manifest_size(answer: Answer, dice: Random) -> None:
    raw = json.loads(answer.body)
    factor = dice.choice([0.5, 2, 1 << 20])
    raw["size"], raw["chunk_size"] = int(raw["size"] * factor), int(raw["chunk_size"] * factor)
    raw["chunks"] = raw["chunks"][: -(-raw["size"] // raw["chunk_size"])]
    answer.replace(json.dumps(raw).encode())
