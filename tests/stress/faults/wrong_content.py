"""Faults in what is sent: another status or header, a redirect, other content, a wrong manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.stress.faults.response import FILE, HTML_HEADERS, LOGIN_PAGE, MANIFEST, Corrupt
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from random import Random

    from tests.stress.faults.response import Response

KINDS: Kinds[Corrupt] = Kinds()


@KINDS.add(FILE, MANIFEST)
def login_page(response: Response, rng: Random) -> None:
    """Send the login page of a captive portal with status 200."""
    response.replace_with(
        200, LOGIN_PAGE, rng.choice([HTML_HEADERS, {"Content-Type": "application/octet-stream"}])
    )


@KINDS.add(FILE, MANIFEST)
def login_redirect(response: Response, _rng: Random) -> None:
    """Redirect to the login page of a captive portal."""
    response.replace_with(302, b"", {"Location": "/portal"})


@KINDS.add(FILE, MANIFEST)
def status_404(response: Response, _rng: Random) -> None:
    """Send a web page with status 404."""
    response.replace_with(404, LOGIN_PAGE, HTML_HEADERS)


@KINDS.add(FILE, MANIFEST)
def status_500(response: Response, _rng: Random) -> None:
    """Send status 500."""
    response.replace_with(500, b"Internal error", {"Content-Type": "text/plain"})


@KINDS.add(FILE, MANIFEST)
def status_204(response: Response, _rng: Random) -> None:
    """Send status 204, without a body."""
    response.replace_with(204, b"", {})
    del response.headers["Content-Length"]


@KINDS.add(FILE, MANIFEST)
def redirect(response: Response, _rng: Random) -> None:
    """Redirect to a folder with the correct file."""
    response.replace_with(302, b"", {"Location": f"moved/{response.file_name}"})


@KINDS.add(FILE, MANIFEST)
def redirect_loop(response: Response, _rng: Random) -> None:
    """Redirect to the requested address, again and again."""
    response.replace_with(302, b"", {"Location": "?again"})


@KINDS.add(FILE, MANIFEST)
def redirect_to_other_origin(response: Response, rng: Random) -> None:
    """Redirect to another origin, which allows or forbids other origins to read its files."""
    folder = rng.choice(["open", "closed"])
    response.replace_with(
        302, b"", {"Location": f"{response.other_origin_folder}{folder}/{response.file_name}"}
    )


@KINDS.add(FILE, MANIFEST)
def json_instead(response: Response, _rng: Random) -> None:
    """Send an error message as JSON, with status 200, instead of the requested file."""
    response.replace_with(200, b'{"error": "no such model"}', {"Content-Type": "application/json"})


@KINDS.add(FILE, MANIFEST)
def wrong_content_encoding(response: Response, _rng: Random) -> None:
    """Send the header of a gzip-compressed body, although the body is not compressed."""
    response.headers["Content-Encoding"] = "gzip"


@KINDS.add(FILE, MANIFEST)
def not_http(response: Response, _rng: Random) -> None:
    """Send bytes that are not an HTTP response."""
    response.is_http = False


@KINDS.add(FILE)
def file_of_other_version(response: Response, _rng: Random) -> None:
    """Send the file of another version."""
    response.content = response.other_version.content
    response.replace_body(response.content[response.body_start :])


@KINDS.add(MANIFEST)
def manifest_of_other_version(response: Response, _rng: Random) -> None:
    """Send the manifest of another version."""
    response.replace_body(response.other_version.manifest.encode())


@KINDS.add(MANIFEST)
def manifest_invalid(response: Response, rng: Random) -> None:
    """Send a manifest that is empty, not JSON, or not a JSON object."""
    response.replace_body(
        rng.choice([b"", b"null", b"[]", b"\xff\xfe", response.body[:-3], b"{" * 5000])
    )


@KINDS.add(MANIFEST)
def manifest_with_wrong_digest(response: Response, rng: Random) -> None:
    """Replace the digest of one chunk."""
    raw = json.loads(response.body)
    raw["chunks"][rng.randrange(len(raw["chunks"]))] = rng.randbytes(32).hex()
    response.replace_body(json.dumps(raw).encode())


@KINDS.add(MANIFEST)
def manifest_with_wrong_sha256(response: Response, rng: Random) -> None:
    """Replace the SHA-256 of the file."""
    other = rng.choice([response.other_version.sha256, rng.randbytes(32).hex()])
    response.replace_body(json.dumps({**json.loads(response.body), "sha256": other}).encode())


@KINDS.add(MANIFEST)
def manifest_with_failing_self_test(response: Response, rng: Random) -> None:
    """Change the manifest so that the self-test fails or can't run."""
    raw = json.loads(response.body)
    if rng.random() < 0.5:
        raw["self_test"]["outputs"]["y"][0] += rng.choice([-1, 1])
    else:
        raw["inputs"][0]["dtype"] = "int32"
    response.replace_body(json.dumps(raw).encode())


@KINDS.add(MANIFEST)
def manifest_with_wrong_size(response: Response, rng: Random) -> None:
    """Multiply the sizes of the file and of its chunks."""
    raw = json.loads(response.body)
    factor = rng.choice([0.5, 2, 1 << 20])
    raw["size"], raw["chunk_size"] = int(raw["size"] * factor), int(raw["chunk_size"] * factor)
    raw["chunks"] = raw["chunks"][: -(-raw["size"] // raw["chunk_size"])]
    response.replace_body(json.dumps(raw).encode())
