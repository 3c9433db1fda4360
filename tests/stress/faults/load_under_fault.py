"""Loads the model while the fault of a scenario happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stress.faults import scripts
from tests.stress.faults.scenario import DURING_DOWNLOAD, DURING_TRANSACTION, InitialStorage
from tests.stress.faults.server import Gate
from tests.stress.faults.versions import CHUNK_SIZE, versions
from tests.stress.faults.visitor import LoadingVisitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from tests.stress.faults.run import ScenarioRun

    type Outcome = dict[str, Any]
    type Change = tuple[str, Any, bool | None]

NAME = "model"
"""The name under which the page stores the model."""
SHORT_STALL = 1.0
"""Seconds without new bytes after which the library cancels a download during the fault."""
LONG_STALL = 10.0
"""Seconds without new bytes after which the library cancels a download at other times."""
DOWNLOAD_WAIT = 20.0
"""Seconds to wait until a download has reached a certain position."""

_WRONG_DIGEST = "0" * 64

# Changes of a record in IndexedDB. A change consists of an operation of scripts.CHANGE_RECORD, its
# value, and whether the library has to use the stored copy after the change. None instead of True
# or False means that the library may use the stored copy, because the model's bytes are intact, but
# may also download another copy. `offline_onnx.browser.schema` lists the fields of a record: "seal"
# holds the block digests.
_HEAD_CHANGES: tuple[Change, ...] = (
    ("replace", "no head at all", False),
    ("set", {"current": _WRONG_DIGEST}, False),
    ("set", {"current": 7}, False),
    ("set", {"refused": "none"}, False),
    ("set", {"previous": None}, False),
    ("set", {"previous": _WRONG_DIGEST}, True),
)
_VERSION_CHANGES: tuple[Change, ...] = (
    ("replace", "no version at all", False),
    ("set", {"manifest": "{"}, False),
    ("set", {"manifest": "{}"}, False),
    ("set", {"digest": _WRONG_DIGEST}, False),
    ("set", {"seal": ""}, False),
    ("set", {"seal": _WRONG_DIGEST}, False),
    ("set", {"seal": 7}, False),
    ("set", {"saved": "yesterday"}, False),
    ("set", {"validator": 7}, False),
    ("not_a_number", "saved", None),
    ("set", {"saved": 1e300}, None),
    ("set", {"whole": False}, None),
)
_BYTES_CHANGES: tuple[Change, ...] = (
    ("flip", 0.3, False),
    ("flip", 0.99, False),
    ("shorten", 0.0, False),
    ("shorten", 0.7, False),
    ("replace", "no bytes at all", False),
)
_DELETIONS: tuple[Change, ...] = (("delete", None, False),)
_CHANGES = {
    "heads": _HEAD_CHANGES,
    "versions": _VERSION_CHANGES,
    "files": _BYTES_CHANGES,
    "chunks": _BYTES_CHANGES,
}


def load_under_fault(run: ScenarioRun, cleanup: ExitStack) -> Outcome | None:
    """Load the model while the fault of a scenario happens.

    Args:
        run: The scenario that runs.
        cleanup: The functions that end the fault are added to it.

    Returns:
        The outcome of the load; None if the page was closed before the load had ended.
    """
    kind = run.scenario.kind
    if kind in DURING_DOWNLOAD:
        return _load_with_paused_download(run, cleanup)
    if kind in DURING_TRANSACTION:
        return _load_with_open_transaction(run)
    if kind in _BEFORE_LOAD_ACTIONS:
        _BEFORE_LOAD_ACTIONS[kind](run, cleanup)
    elif kind.endswith(("_deleted", "_damaged")):
        _change_stored_record(run)
    run.start_load()
    return run.finish_load()


def _change_stored_record(run: ScenarioRun) -> None:
    """Delete or damage one record in IndexedDB; see `offline_onnx.browser.schema`."""
    store, _, effect = run.scenario.kind.partition("_")
    initial = run.scenario.initial
    number = initial.current or 1
    if store == "chunks":
        number = 2 if initial is InitialStorage.VERSION_1_AND_PART_OF_2 else 1
    sha256 = versions()[number].sha256
    key: Any = [NAME, sha256]
    if store == "heads":
        key = NAME
    elif store == "chunks":
        key = [NAME, sha256, run.rng.randrange(2)]
    operation, value, intact = run.rng.choice(
        _CHANGES[store] if effect == "damaged" else _DELETIONS
    )
    # Chunks belong to an incomplete version, so the complete version stays intact.
    run.intact = True if store == "chunks" else intact
    change = [store, key, operation, value]
    record_exists = run.visitor.page.evaluate(scripts.CHANGE_RECORD, [run.name, *change])
    run.judge.check("happened", record_exists, f"the record to change does not exist: {change}")
    listing = run.visitor.list_stored(run.name)
    run.judge.check("reported", "error" not in listing, f"after {change}, list() returns {listing}")


def _load_with_paused_download(run: ScenarioRun, cleanup: ExitStack) -> Outcome | None:
    """Pause the download at a random position of the file, and cause the fault there."""
    gate = run.model.gate = Gate(run.rng.uniform(0.1, 0.9))
    action = run.scenario.kind.removesuffix("_in_download")
    # A load in another tab can take longer than SHORT_STALL to start; the paused download must not
    # be cancelled meanwhile.
    run.start_load(DOWNLOAD_WAIT if action == "other_tab_closed" else SHORT_STALL)
    reached = gate.reached.wait(DOWNLOAD_WAIT)
    run.judge.check("happened", reached, "no download reached the position of the pause")
    try:
        if action in _TERMINATIONS:
            run.judge.check_opened_bytes(run.visitor.take_opened_digests())
            _TERMINATIONS[action](run.visitor)
            return None
        _DURING_DOWNLOAD_ACTIONS[action](run, cleanup)
    finally:
        gate.resume.set()
    return run.finish_load()


def _load_with_open_transaction(run: ScenarioRun) -> Outcome | None:
    """Keep a transaction of the load open; close the page, crash the tab or kill the browser."""
    has_incomplete_version = run.scenario.initial in (
        InitialStorage.PART_OF_1,
        InitialStorage.VERSION_1_AND_PART_OF_2,
    )
    store = run.rng.choice(
        ["chunks", "files", "heads", *([] if has_incomplete_version else ["versions"])]
    )
    # A new version has more than 8 chunks, and each is stored with one put. An incomplete version
    # may lack only one chunk, and each of the other object stores gets only one put.
    put_number = run.rng.randint(1, 1 if has_incomplete_version or store != "chunks" else 8)
    run.visitor.page.evaluate(scripts.HOLD_TRANSACTION, [store, put_number])
    run.start_load()
    if not run.visitor.page.evaluate(scripts.WAIT_UNTIL_HELD):
        run.judge.check("happened", None, f"there were fewer than {put_number} puts into {store}")
        return run.finish_load()
    run.judge.check_opened_bytes(run.visitor.take_opened_digests())
    _TERMINATIONS[run.scenario.kind.removesuffix("_in_transaction")](run.visitor)
    return None


def _limit_quota(run: ScenarioRun, cleanup: ExitStack) -> None:
    """Reduce the storage quota, so that the model does not fit."""
    run.visitor.restart()  # Chromium caches the quota for half a minute
    devtools = run.visitor.devtools()
    cleanup.callback(devtools.detach)
    origin = {"origin": run.server.origin}
    usage = devtools.send("Storage.getUsageAndQuota", origin)["usage"]
    limits = (0, CHUNK_SIZE) if run.scenario.kind == "quota_tiny" else (CHUNK_SIZE, 12 * CHUNK_SIZE)
    free_bytes = run.rng.randrange(*limits)
    devtools.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": usage + free_bytes})


def _close_other_tab(run: ScenarioRun, _cleanup: ExitStack) -> None:
    """Start a load in a second tab, where it waits for the first tab; then close the first tab."""
    with run.visitor.use_other_tab():
        run.start_load()


def _clear_data(run: ScenarioRun, _cleanup: ExitStack) -> None:
    """Clear all data that the browser stores for the page."""
    devtools = run.visitor.devtools()
    origin = {"origin": run.server.origin, "storageTypes": "all"}
    devtools.send("Storage.clearDataForOrigin", origin)
    devtools.detach()


def _delete_database(run: ScenarioRun, _cleanup: ExitStack) -> None:
    """Delete the database, as a script of the page could."""
    deleted = run.visitor.page.evaluate(scripts.DELETE_DATABASE, run.name)
    run.judge.check("happened", deleted, "the library blocks the deletion of its database")


def _serve_newer_version(run: ScenarioRun, _cleanup: ExitStack) -> None:
    """Replace the version on the server during the download."""
    run.model.serve_version(run.scenario.published + 1)


def _stop_server(run: ScenarioRun, cleanup: ExitStack) -> None:
    """Stop the server until the fault ends."""
    run.server.stop()
    cleanup.callback(run.server.start)


def _open_tab_with_old_schema(run: ScenarioRun, cleanup: ExitStack) -> None:
    """Open a tab whose old database connection blocks the upgrade of the database."""
    tab = run.visitor.open_other_tab(f"{run.server.origin}/portal")
    cleanup.callback(tab.close)
    tab.evaluate(scripts.OPEN_OLD_SCHEMA, run.name)


_TERMINATIONS: dict[str, Callable[[LoadingVisitor], None]] = {
    "page_closed": LoadingVisitor.close_page,
    "tab_crash": LoadingVisitor.crash_page,
    "browser_killed": LoadingVisitor.kill,
}
_DURING_DOWNLOAD_ACTIONS: dict[str, Callable[[ScenarioRun, ExitStack], None]] = {
    "data_cleared": _clear_data,
    "database_deleted": _delete_database,
    "other_tab_closed": _close_other_tab,
    "republished": _serve_newer_version,
}
_BEFORE_LOAD_ACTIONS: dict[str, Callable[[ScenarioRun, ExitStack], None]] = {
    "data_cleared": _clear_data,
    "database_deleted": _delete_database,
    "quota_tiny": _limit_quota,
    "quota_small": _limit_quota,
    "server_down": _stop_server,
    "old_schema_tab": _open_tab_with_old_schema,
}
