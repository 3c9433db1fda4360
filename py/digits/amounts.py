"""Bytes and seconds in words that are easy to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digits.words import Words

UNKNOWN = "—"
"""What stands for an amount that is not known."""


def size(count: float | None, words: Words) -> str:
    """Write a number of bytes, in units of a thousand, as the page does elsewhere."""
    if count is None:
        return UNKNOWN
    if count < 1e3:
        return words.say("about_bytes", value=f"{count:.0f}")
    for key, unit in (("about_kb", 1e3), ("about_mb", 1e6)):
        if count / unit < 999.5:
            return words.say(key, value=_short(count / unit))
    return words.say("about_gb", value=_short(count / 1e9))


def time(seconds: float | None, words: Words) -> str:
    """Write a time; browsers' clocks are coarse, and one shorter than their step is told so."""
    if seconds is None:
        return UNKNOWN
    if seconds >= 0.9995:
        return words.say("about_seconds", value=f"{seconds:.1f}")
    if seconds < 5e-5:
        return words.say("about_shorter")
    return words.say("about_milliseconds", value=_short(seconds * 1e3))


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"
