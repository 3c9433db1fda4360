"""Send WebDriver commands to Firefox over its Marionette protocol, without geckodriver.

See firefox-source-docs.mozilla.org/testing/marionette/Protocol.html. A message consists of its
length in bytes, a colon and a JSON list. A command is [0, id, name, parameters]; the response is
[1, id, error, result].
"""

from __future__ import annotations

import json
import socket
from itertools import count
from typing import TYPE_CHECKING, Any

from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection

from tests.support.time_limits import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND_NAMES = {
    Command.NEW_SESSION: "WebDriver:NewSession",
    Command.SET_TIMEOUTS: "WebDriver:SetTimeouts",
    Command.GET: "WebDriver:Navigate",
    Command.REFRESH: "WebDriver:Refresh",
    Command.W3C_GET_CURRENT_WINDOW_HANDLE: "WebDriver:GetWindowHandle",
    Command.NEW_WINDOW: "WebDriver:NewWindow",
    Command.SWITCH_TO_WINDOW: "WebDriver:SwitchToWindow",
    Command.CLOSE: "WebDriver:CloseWindow",
    Command.W3C_EXECUTE_SCRIPT_ASYNC: "WebDriver:ExecuteAsyncScript",
    Command.FIND_ELEMENT: "WebDriver:FindElement",
    Command.CLICK_ELEMENT: "WebDriver:ElementClick",
    Command.SEND_KEYS_TO_ELEMENT: "WebDriver:ElementSendKeys",
    Command.W3C_ACTIONS: "WebDriver:PerformActions",
    Command.SCREENSHOT: "WebDriver:TakeScreenshot",
    Command.SWITCH_TO_CONTEXT: "Marionette:SetContext",
    Command.QUIT: "Marionette:Quit",
}
"""Marionette's name for each WebDriver command that the tests use."""


class Marionette(RemoteConnection):
    """A connection to a Firefox that listens on a local port."""

    def __init__(self, port: int) -> None:
        super().__init__(client_config=ClientConfig("http://marionette.invalid"))
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._stream = self._socket.makefile("rb")
        self._ids = count(1)
        self._receive()  # Firefox's greeting

    def execute(self, command: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Send a command; return its result or its error as Selenium expects it."""
        parameters = {name: value for name, value in params.items() if name != "sessionId"}
        message = json.dumps([0, next(self._ids), COMMAND_NAMES[command], parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            return {"status": 500, "value": json.dumps(error)}
        is_wrapped = isinstance(result, dict) and set(result) == {"value"}
        return {"value": result["value"] if is_wrapped else result}

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()
        self._socket.close()

    def _receive(self) -> Any:
        """Wait for a message; return its parsed JSON."""
        length = b""
        while (digit := self._stream.read(1)) not in (b":", b""):
            length += digit
        return json.loads(self._stream.read(int(length)))
