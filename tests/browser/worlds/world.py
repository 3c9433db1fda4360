"""`World`: a page of a world, in which tests run Python."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
CHANNEL = FOLDER / "channel.js"
CODE_RUNNER = (FOLDER / "code_runner.py").read_text("utf-8")
"""Python that a world runs after the documented cell, so that `World.run` works."""


class World:
    """A page in which Python has started, and whose JavaScript has a function `run`.

    Args:
        page: the page.
        server: the server of the page, the wheels and the models.
    """

    def __init__(self, page, server):
        self.page, self.server = page, server

    def run(self, code):
        """Run Python and return the value of its last line, which json.dumps must accept.

        Later calls can use the names that the code defines.
        """
        *lines, last = code.strip().splitlines()
        code = "\n".join([*lines, "import json", f"json.dumps({last})"])
        return json.loads(self.page.evaluate("(code) => run(code)", code))

    @property
    def wheels(self):
        """The names of the wheels that the server has: the library's and the runtime's."""
        return sorted(file.name for file in self.server.folder.glob("*.whl"))

    def install(self, *wheels):
        """Install wheels from the server; by default, those of the library and the runtime."""
        addresses = [self.server.address + name for name in wheels or self.wheels]
        self.run(f"import pyodide_js\nawait pyodide_js.loadPackage({addresses})\nNone")


def wait_for_world(page, server):
    """Wait until the page's JavaScript has defined `run`, and return the world."""
    page.locator("html[data-world=ready]").wait_for(state="attached")
    return World(page, server)
