"""What befalls the records in IndexedDB: one is deleted or damaged; see `browser.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.stress.faults.scenario import Scenario, Start
from tests.stress.faults.versions import versions

if TYPE_CHECKING:
    from random import Random

    type Damage = tuple[str, Any, bool | None]

NAME = "model"
"""Under which the probe's page keeps the model."""

_NOTHING = "0" * 64

# Each is how the record is changed, with which value, and whether the copy has to be used still:
# None if it may be, as its bytes are good.
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


def change(scenario: Scenario, dice: Random) -> tuple[list[Any], bool | None]:
    """Choose what happens to a record; tell if the stored copy has to be used still.

    What is given are the arguments of `scripts.CHANGE`, after the database.
    """
    store, _, how = scenario.kind.partition("_")
    partial = 2 if scenario.start is Start.STORED_PART else 1
    number = partial if store == "chunks" else scenario.start.current or 1
    sha256 = versions()[number].sha256
    key = {"heads": NAME, "chunks": [NAME, sha256, dice.randrange(2)]}.get(store, [NAME, sha256])
    damages = _DAMAGES[store] if how == "damaged" else _DELETED
    way, value, intact = dice.choice(damages)
    return [store, key, way, value], True if store == "chunks" else intact
