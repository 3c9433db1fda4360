"""The entry point of the command `offline-onnx`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from offline_onnx.command.arguments import PROGRAM, parser
from offline_onnx.command.result import say
from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the arguments; None for those of the process.

    Returns:
        The exit status: 0 for success, 1 for a failure, 130 if the user has interrupted the
        command. Wrong arguments end the process with the status 2.

    """
    top = parser()
    if "_ARGCOMPLETE" in os.environ:  # the shell asks for completions
        from argcomplete import autocomplete

        autocomplete(top)
    options = top.parse_args(arguments)
    try:
        result = options.command.run(options)
    except SiteError as error:
        if options.as_json:
            print(json.dumps({"error": str(error)}))
        say(f"{PROGRAM}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    print(json.dumps(result.data, indent=1) if options.as_json else result.text)
    return int(result.has_failed)
