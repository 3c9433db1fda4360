"""The entry point of the command `offline-onnx`."""
# PYTHON_ARGCOMPLETE_OK  (argcomplete's global completion looks for this marker)

from __future__ import annotations

import errno
import json
import os
import sys
from typing import TYPE_CHECKING

from offline_onnx.command.arguments import PROGRAM, UsageError, parser
from offline_onnx.command.result import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSTALL = {
    "argcomplete": PROGRAM,
    "numpy": f"{PROGRAM}[native]",
    "offline_onnx_page": f"{PROGRAM}-page",
    "onnxruntime": f"{PROGRAM}[native]",
    "packaging": f"{PROGRAM}-page",
    "playwright": f"{PROGRAM}[browser]",
    "tqdm": PROGRAM,
}
"""The package to install if a module is missing, by the name of the module."""
_REMEDIES = {
    errno.EACCES: "change its permissions, or choose another folder",
    errno.EDQUOT: "delete files that are not needed",
    errno.ENOSPC: "delete files that are not needed",
    errno.EPERM: "change its permissions, or choose another folder",
    errno.EROFS: "choose another folder",
}
"""What to do if the operating system refuses an operation, by the number of its error."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the arguments; None for those of the process.

    Returns:
        The exit status: 0 for success, 1 for a failure, 2 for wrong arguments, 130 if the user has
        interrupted the command.

    """
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        top = parser()
        if "_ARGCOMPLETE" in os.environ:  # the shell asks for completions
            from argcomplete import autocomplete

            autocomplete(top)
        options = top.parse_args(given)
        result = options.command.run(options)
    except UsageError as error:
        say(error.usage.rstrip())
        return _fail(str(error), 2, as_json=as_json, prefix="error: ")
    except KeyboardInterrupt:
        return _fail("interrupted", 130, as_json=as_json)
    except Exception as error:
        message = _message(error)
        if message is None:
            raise
        return _fail(message, 1, as_json=as_json)
    if not as_json:
        print(result.text)
    elif result.data is not None:
        print(json.dumps(result.data, indent=1))
    return int(result.has_failed)


def _fail(message: str, status: int, *, as_json: bool, prefix: str = "") -> int:
    """Report an error in one line; return the exit status."""
    line = " ".join(message.split())
    if as_json:
        print(json.dumps({"error": line}))
    say(f"{PROGRAM}: {prefix}{line}")
    return status


def _message(error: Exception) -> str | None:
    """Return what has happened and what to do; None if the error is a bug in this program."""
    if isinstance(error, ModuleNotFoundError):
        module = str(error.name).partition(".")[0]
        if module not in _INSTALL:
            return None
        return f"the module {module} is missing: pip install '{_INSTALL[module]}'"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, "")
        return f"{where}{error.strerror or error}{remedy and f'; {remedy}'}"
    from offline_onnx_page.errors import SiteError  # late, so that this file loads without it

    return str(error) if isinstance(error, SiteError) else None
