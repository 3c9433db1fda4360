"""How each fault is brought about: the load that it meets, and what happens meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stress.faults import scripts
from tests.stress.faults.scenario import GATED, HELD, Start
from tests.stress.faults.server import Gate
from tests.stress.faults.versions import CHUNK_SIZE, versions
from tests.stress.faults.visitor import LoadingVisitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from tests.stress.faults.run import Play

    type Outcome = dict[str, Any]
    type Damage = tuple[str, Any, bool | None]

NAME = "model"
"""The name under which the page stores the model."""
STALL = 1.0
"""Seconds of silence after which the library cancels a download under the fault."""
PATIENT = 10.0
"""The same otherwise."""
WAIT = 20.0
"""Seconds within which a download has to reach the point where it is waited for."""

_NOTHING = "0" * 64

# Each: how the record is changed, with which value, and whether the copy has to stay in use; None
# if it may, since its bytes are intact.
_HEADS: tuple[Damage, ...] = (
    ("replace", "no head at all", False),
    ("set", {"current": _NOTHING}, False),
    ("set", {"current": 7}, False),
    ("set", {"refused": "none"}, False),
    ("set", {"previous": None}, False),
    ("set", {"previous": _NOTHING}, True),
)
_VERSIONS: tuple[Damage, ...] = (
    ("replace", "no version at all", False),
    ("set", {"manifest": "{"}, False),
    ("set", {"manifest": "{}"}, False),
    ("set", {"digest": _NOTHING}, False),
    ("set", {"seal": ""}, False),
    ("set", {"seal": _NOTHING}, False),
    ("set", {"seal": 7}, False),
    ("set", {"saved": "yesterday"}, False),
    ("set", {"validator": 7}, False),
    ("not_a_number", "saved", None),
    ("set", {"saved": 1e300}, None),
    ("set", {"whole": False}, None),
)
_BYTES: tuple[Damage, ...] = (
    ("flip", 0.3, False),
    ("flip", 0.99, False),
    ("shorten", 0.0, False),
    ("shorten", 0.7, False),
    ("replace", "no bytes at all", False),
)
_DELETED: tuple[Damage, ...] = (("delete", None, False),)
_DAMAGES = {"heads": _HEADS, "versions": _VERSIONS, "files": _BYTES, "chunks": _BYTES}


def inflict(play: Play, ends: ExitStack) -> Outcome | None:
    """Load under the fault.

    Args:
        play: The scenario that is played.
        ends: Gets what has to be done when the fault is over.

    Returns:
        The outcome of the load; None if the page was gone before it.
    """
    kind = play.scenario.kind
    if kind in GATED:
        return _in_download(play, ends)
    if kind in HELD:
        return _in_transaction(play)
    if kind in _BEFORE:
        _BEFORE[kind](play, ends)
    elif kind.endswith(("_deleted", "_damaged")):
        _change_record(play)
    play.begin()
    return play.end()


def _change_record(play: Play) -> None:
    """Delete or damage one record in IndexedDB; see `offline_onnx.browser.schema`."""
    store, _, how = play.scenario.kind.partition("_")
    start = play.scenario.start
    number = start.current or 1
    if store == "chunks":
        number = 2 if start is Start.STORED_PART else 1
    sha256 = versions()[number].sha256
    key: Any = [NAME, sha256]
    if store == "heads":
        key = NAME
    elif store == "chunks":
        key = [NAME, sha256, play.dice.randrange(2)]
    way, value, intact = play.dice.choice(_DAMAGES[store] if how == "damaged" else _DELETED)
    play.intact = True if store == "chunks" else intact
    change = [store, key, way, value]
    found = play.visitor.page.evaluate(scripts.CHANGE, [play.name, *change])
    play.judge.hold("happened", found, f"there was no record {change}")
    listing = play.visitor.listing(play.name)
    play.judge.hold("reported", "error" not in listing, f"after {change}, list() returns {listing}")


def _in_download(play: Play, ends: ExitStack) -> Outcome | None:
    """Hold the download at a part of the file, and inflict the fault there."""
    gate = play.site.gate = Gate(play.dice.uniform(0.1, 0.9))
    act = play.scenario.kind.removesuffix("_in_download")
    play.begin(WAIT if act == "other_tab_closed" else STALL)
    reached = gate.reached.wait(WAIT)
    play.judge.hold("happened", reached, "no download reached the point where it is held")
    try:
        if act in _DEATHS:
            play.judge.look_at_opened(play.visitor.opened())
            _DEATHS[act](play.visitor)
            return None
        _MIDWAY[act](play, ends)
    finally:
        gate.go.set()
    return play.end()


def _in_transaction(play: Play) -> Outcome | None:
    """Hold a transaction of the load open, and end the page there."""
    part = play.scenario.start in (Start.PART, Start.STORED_PART)
    store = play.dice.choice(["chunks", "files", "heads", *([] if part else ["versions"])])
    nth = play.dice.randint(1, 1 if part or store != "chunks" else 8)
    play.visitor.page.evaluate(scripts.HOLD, [store, nth])
    play.begin()
    if not play.visitor.page.evaluate(scripts.HELD):
        play.judge.hold("happened", None, f"nothing was put into {store} {nth} times")
        return play.end()
    play.judge.look_at_opened(play.visitor.opened())
    _DEATHS[play.scenario.kind.removesuffix("_in_transaction")](play.visitor)
    return None


def _quota(play: Play, ends: ExitStack) -> None:
    play.visitor.restart()  # Chromium caches the quota for half a minute
    devtools = play.visitor.devtools()
    ends.callback(devtools.detach)
    origin = {"origin": play.server.origin}
    usage = devtools.send("Storage.getUsageAndQuota", origin)["usage"]
    limits = (
        (0, CHUNK_SIZE) if play.scenario.kind == "quota_tiny" else (CHUNK_SIZE, 12 * CHUNK_SIZE)
    )
    room = play.dice.randrange(*limits)
    devtools.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": usage + room})


def _close_other_tab(play: Play, _ends: ExitStack) -> None:
    """Close the tab that downloads, while this one waits for it or starts over."""
    with play.visitor.another_page():
        play.begin()


def _clear(play: Play, _ends: ExitStack) -> None:
    devtools = play.visitor.devtools()
    origin = {"origin": play.server.origin, "storageTypes": "all"}
    devtools.send("Storage.clearDataForOrigin", origin)
    devtools.detach()


def _delete(play: Play, _ends: ExitStack) -> None:
    deleted = play.visitor.page.evaluate(scripts.DELETE, play.name)
    play.judge.hold("happened", deleted, "the library holds the database against its deletion")


def _republish(play: Play, _ends: ExitStack) -> None:
    play.site.publish(play.scenario.published + 1)


def _stop(play: Play, ends: ExitStack) -> None:
    play.server.stop()
    ends.callback(play.server.start)


def _old_tab(play: Play, ends: ExitStack) -> None:
    tab = play.visitor.other_tab(f"{play.server.origin}/portal")
    ends.callback(tab.close)
    tab.evaluate(scripts.OLD_TAB, play.name)


_DEATHS: dict[str, Callable[[LoadingVisitor], None]] = {
    "page_closed": LoadingVisitor.close_page,
    "tab_crash": LoadingVisitor.crash_page,
    "browser_killed": LoadingVisitor.kill,
}
_MIDWAY: dict[str, Callable[[Play, ExitStack], None]] = {
    "data_cleared": _clear,
    "database_deleted": _delete,
    "other_tab_closed": _close_other_tab,
    "republished": _republish,
}
_BEFORE: dict[str, Callable[[Play, ExitStack], None]] = {
    "data_cleared": _clear,
    "database_deleted": _delete,
    "quota_tiny": _quota,
    "quota_small": _quota,
    "server_down": _stop,
    "old_schema_tab": _old_tab,
}
