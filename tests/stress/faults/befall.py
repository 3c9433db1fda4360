"""How each fault comes about: the load that the visitor begins, and what happens to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.stress.faults import records, scripts
from tests.stress.faults.scenario import GATED, HELD, Start
from tests.stress.faults.site import Gate
from tests.stress.faults.versions import CHUNK_SIZE, versions
from tests.stress.faults.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from tests.stress.faults.play import Play

    type Told = dict[str, Any]

STALL = 1.0
"""Seconds of silence that the library puts up with under the fault."""
PATIENT = 10.0
"""Seconds of silence that it puts up with otherwise."""
WAIT = 20.0
"""Seconds until a download has to have come to where it is waited for."""


def befall(play: Play, ends: ExitStack) -> Told | None:
    """Load under the fault; give the outcome, None if the page did not live to see it.

    ends: gets what has to be done when the fault is over.
    """
    kind = play.scenario.kind
    if kind in GATED:
        return _in_download(play, ends)
    if kind in HELD:
        return _in_transaction(play)
    if kind in _BEFORE:
        _BEFORE[kind](play, ends)
    elif kind.endswith(("_deleted", "_damaged")):
        arguments, play.intact = records.change(play.scenario, play.dice)
        found = play.visitor.page.evaluate(scripts.CHANGE, [play.name, *arguments])
        play.judge.hold("happened", found, f"there was no record {arguments}")
        listing = play.visitor.listing(play.name)
        play.judge.hold("told", "error" not in listing, f"with {arguments}, list() gives {listing}")
    play.begin()
    return play.end()


def _in_download(play: Play, ends: ExitStack) -> Told | None:
    gate = play.site.gate = Gate(play.dice.uniform(0.1, 0.9))
    act = play.scenario.kind.removesuffix("_in_download")
    play.begin(WAIT if act == "other_tab_closed" else STALL)
    reached = gate.reached.wait(WAIT)
    play.judge.hold("happened", reached, "no download came to where it should have been met")
    try:
        if act in _DEATHS:
            play.judge.given(play.visitor.given())
            _DEATHS[act](play.visitor)
            return None
        _MIDWAY[act](play, ends)
    finally:
        gate.go.set()
    return play.end()


def _in_transaction(play: Play) -> Told | None:
    part = play.scenario.start in (Start.PART, Start.STORED_PART)
    store = play.dice.choice(["chunks", "files", "heads", *([] if part else ["versions"])])
    nth = play.dice.randint(1, 1 if part or store != "chunks" else 8)
    play.visitor.page.evaluate(scripts.HOLD, [store, nth])
    play.begin()
    if not play.visitor.page.evaluate(scripts.HELD):
        play.judge.hold("happened", None, f"nothing was put into {store} {nth} times")
        return play.end()
    play.judge.given(play.visitor.given())
    _DEATHS[play.scenario.kind.removesuffix("_in_transaction")](play.visitor)
    return None


def _quota(play: Play, ends: ExitStack) -> None:
    play.visitor.restart()  # Chromium goes by what it knew of the quota for half a minute
    devtools = play.visitor.devtools()
    ends.callback(devtools.detach)
    origin = {"origin": play.visitor.origin}
    usage = devtools.send("Storage.getUsageAndQuota", origin)["usage"]
    limits = (
        (0, CHUNK_SIZE) if play.scenario.kind == "quota_tiny" else (CHUNK_SIZE, 12 * CHUNK_SIZE)
    )
    room = play.dice.randrange(*limits)
    devtools.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": usage + room})


def _close_other_tab(play: Play, _ends: ExitStack) -> None:
    """Close the tab that downloads, while this one waits for it or has another go."""
    with play.visitor.another_page():
        play.begin()


def _clear(play: Play, _ends: ExitStack) -> None:
    devtools = play.visitor.devtools()
    origin = {"origin": play.visitor.origin, "storageTypes": "all"}
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
    tab = play.visitor.other_tab()
    ends.callback(tab.close)
    kept = versions()[1]
    manifest = old_manifest() if play.scenario.start is Start.FIRST_SCHEMA else ""
    tab.evaluate(scripts.OLD_TAB, [play.name, manifest, list(kept.content) if manifest else []])


def old_manifest() -> str:
    """Write version 1's manifest as version 0.1 of the library did."""
    raw = json.loads(versions()[1].manifest)
    old = {key: raw[key] for key in ("name", "version", "file", "size", "sha256", "labels")}
    return json.dumps(
        {**old, "input": raw["inputs"][0], "output": raw["outputs"][0], "metrics": {}}
    )


_DEATHS: dict[str, Callable[[Visitor], None]] = {
    "page_closed": Visitor.close_page,
    "tab_crash": Visitor.crash_page,
    "browser_killed": Visitor.kill,
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
