"""Requests for files of a host, and addresses that can't be requested."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from offline_onnx_page.checks import responses
from offline_onnx_page.errors import SiteError


def test_addresses_with_letters_of_any_language_can_be_requested(tmp_path):
    (tmp_path / "数字").mkdir()
    (tmp_path / "数字" / "a b.txt").write_bytes(b"found")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        contents = [
            responses.request(f"{base}/{path}").content
            for path in ("数字/a b.txt", "%E6%95%B0%E5%AD%97/a%20b.txt")
        ]
        server.shutdown()
        thread.join()
    assert contents == [b"found", b"found"]


@pytest.mark.parametrize("address", ["http://[::1", "https://", "ftp://example.org/", "folder"])
def test_what_is_no_address_is_an_error(address):
    with pytest.raises(SiteError, match="is no folder"):
        responses.check_address(address)
