"""Sites that are broken in ten ways, for the tests of `verify` and `doctor`.

docs/checking-a-site.md has a table of what the commands print about them. Tests compare it with
what the commands print.
"""

from __future__ import annotations

import gzip
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx

from offline_onnx.onnxruntime_api.required_versions import MAX_OPSET
from offline_onnx_page.serving.server import Handler, open_server
from offline_onnx_page.site.page import PageBuild, build_page
from tests.support.small_models import identity, write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from offline_onnx_page.site.prebuilt import Prebuilt

DOC = Path(__file__).parents[3] / "docs" / "checking-a-site.md"
CDN = "http://cdn.example/chart.js"
PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>A page</title>
    <script type="module" src="built/run.js" data-main="main.py"></script>
  </head>
  <body><p id="answer"></p><p data-failure role="alert"></p></body>
</html>
"""
MAIN = """from js import document
from pyodide.http import pyfetch

from offline_onnx import load

labels = await (await pyfetch("labels.txt")).string()
model = await load("iris.json")
outputs = await model.run({"x": [[1, 2, 3]]})
document.getElementById("answer").textContent = str(outputs["y"].tolist())
"""


@dataclass(frozen=True)
class Host:
    """How a host alters what it sends.

    Attributes:
        bodies: functions that change the content of files, by the end of a path; "" matches every
            path.
        headers: headers that replace the usual ones, by the end of a path as in `bodies`.
    """

    bodies: Mapping[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    headers: Mapping[str, dict[str, str]] = field(default_factory=dict)


def do_nothing(_: Path) -> None:
    """Leave a folder as it is."""


@dataclass(frozen=True)
class BrokenSite:
    """A site that is broken in one way.

    Attributes:
        name: what is wrong, as in the table of the documentation.
        change_page: changes the page's folder before it is bundled.
        change_site: changes the finished site.
        host: how the host alters what it sends; None if the files of the site are broken, so that
            checking the folder is enough.
    """

    name: str
    change_page: Callable[[Path], None] = do_nothing
    change_site: Callable[[Path], None] = do_nothing
    host: Host | None = None


def write(path: str, content: str) -> Callable[[Path], None]:
    """Return a function that writes a file of a folder."""
    return lambda folder: (folder / path).write_text(content, "utf-8") and None


def append(path: str, content: str) -> Callable[[Path], None]:
    """Return a function that appends to a file of a folder."""
    return lambda folder: write(path, (folder / path).read_text("utf-8") + content)(folder)


def remove(path: str) -> Callable[[Path], None]:
    """Return a function that removes a file of a folder."""
    return lambda folder: (folder / path).unlink()


def write_old_copy(site: Path) -> None:
    """Write a compressed copy of an earlier built/site.js."""
    content = (site / "built" / "site.js").read_bytes() + b"// the earlier build\n"
    (site / "built" / "site.js.gz").write_bytes(gzip.compress(content))


def add_comment(body: bytes) -> bytes:
    """Return an HTML page with a comment at its end."""
    return body + b"<!-- sent by a fast network -->\n"


def damage_model(site: Path) -> None:
    """Flip one bit of the model."""
    content = bytearray((site / "iris.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (site / "iris.onnx").write_bytes(content)


def use_new_model(page: Path) -> None:
    """Replace the model by one that is too new for the page's runtime, without a manifest."""
    (page / "iris.json").unlink()
    model = onnx.load_from_string(identity())
    model.opset_import[0].version = MAX_OPSET + 1
    (page / "iris.onnx").write_bytes(model.SerializeToString())
    write("main.py", MAIN.replace("iris.json", "iris.onnx"))(page)


def write_large_file(page: Path) -> None:
    """Write a file that is larger than the service worker's limit; it takes no space on disk."""
    with (page / "film.mp4").open("wb") as file:
        file.truncate(70_000_000)


BROKEN_SITES = [
    BrokenSite(
        "`main.py` was changed in the finished site",
        change_site=append("main.py", "# a correction\n"),
    ),
    BrokenSite("`labels.txt` was not uploaded", change_site=remove("labels.txt")),
    BrokenSite(
        "the host adds a comment to `index.html`",
        host=Host(bodies=dict.fromkeys(("/", "/index.html"), add_comment)),
    ),
    BrokenSite("a compressed copy is that of an earlier build", change_site=write_old_copy),
    BrokenSite(
        "the host sends `pyodide.mjs` as text",
        host=Host(headers={"/pyodide.mjs": {"Content-Type": "text/plain"}}),
    ),
    BrokenSite("the model's file is damaged", change_site=damage_model),
    BrokenSite("the model is too new for the page's runtime", change_page=use_new_model),
    BrokenSite("a film of 70 MB belongs to the page", change_page=write_large_file),
    BrokenSite(
        "`index.html` loads a script from another host",
        change_page=write("index.html", PAGE.replace("</head>", f'<script src="{CDN}"></script>')),
    ),
    BrokenSite("`main.py` has an error", change_page=append("main.py", "print(answr)\n")),
]  # fmt: skip


def write_page(folder: Path) -> None:
    """Write the intact page that `build_broken` breaks."""
    folder.mkdir(parents=True)
    write("index.html", PAGE)(folder)
    write("main.py", MAIN)(folder)
    write("labels.txt", "setosa\nversicolor\n")(folder)
    write_model(folder, identity(), "iris")


def build_broken(broken: BrokenSite, prebuilt: Prebuilt, folder: Path) -> Path:
    """Bundle a page, and break it before or after that; return the folder of the site."""
    write_page(folder / "page")
    broken.change_page(folder / "page")
    site = folder / "site"
    build_page(
        PageBuild(
            folder / "page", site, prebuilt, scratch=folder / "scratch", compress=lambda _: None
        )
    )
    broken.change_site(site)
    shutil.rmtree(folder / "page")
    return site


@contextmanager
def serve(site: Path, host: Host | None = None) -> Generator[str]:
    """Serve a site, altered as `host` says; yield its address."""
    changes = host or Host()

    class AlteringHandler(Handler):
        isolation: Mapping[str, str] = {}  # most hosts don't send these headers

        def send_head(self) -> Any:
            """Send a changed body, or what the usual server sends."""
            change = _of_path(changes.bodies, self.path)
            file = Path(self.translate_path(self.path))
            file = file / "index.html" if file.is_dir() else file
            if change is None or not file.is_file():
                return super().send_head()
            body = change(file.read_bytes())
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(file))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return None

        def send_header(self, keyword: str, value: str) -> None:
            """Send a header, or the one that replaces it."""
            others = _of_path(changes.headers, self.path) or {}
            super().send_header(keyword, others.get(keyword.title(), value))

    with open_server(site, handler=AlteringHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def _of_path[T](values: Mapping[str, T], path: str) -> T | None:
    return next((value for end, value in values.items() if path.endswith(end)), None)


def documented() -> dict[str, tuple[str, str]]:
    """Return what the documentation says: the cells for `verify` and `doctor`, by site."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", DOC.read_text("utf-8"), re.MULTILINE)
    return {site: (verify, doctor) for site, verify, doctor in rows}


def as_cell(texts: list[str]) -> str:
    """Return texts as a cell of the table, without digests in the names of folders."""
    text = re.sub(r"-[0-9a-f]{12}/", "-…/", "<br>".join(texts) or "nothing")
    return text.replace("|", "\\|").replace("*", "\\*").replace("`", "")
