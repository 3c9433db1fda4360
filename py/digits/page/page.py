"""What the parts of the page share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

type Run = Callable[[Coroutine[Any, Any, None]], None]
"""Starts work in the background; an error that the work raises is shown to the user."""
