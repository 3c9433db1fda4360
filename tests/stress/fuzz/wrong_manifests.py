"""Manifests of an honest model, of which one field is hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.reading.contract import DIGITS
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    type Raw = dict[str, Any]

KINDS: Kinds[Callable[[Raw, Random], None]] = Kinds()
DEEP = 10_000
MARKUP = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
ODD = (
    "\ud800",
    "\u202etxet",
    "\0",
    "",
    " " * 1_000_000,
    "é" * 5000,
    MARKUP,
    "{reason}",
    "__proto__",
)
NUMBERS = (-1, 0, 0.5, 2**31, 2**53, 2**53 + 1, 2**63, 10**400, 1e308, -1e308)
VALUES: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    [[]],
    [None] * 1000,
    {"__proto__": {"size": 1}},
    *ODD,
    *NUMBERS,
)


def raw(text: str) -> str:
    """Mark JSON that `json.dumps` would not write; `case` unwraps it."""
    return f"raw{text}war"


@KINDS.add()
def field_replaced(manifest: Raw, dice: Random) -> None:
    manifest[dice.choice(sorted(manifest))] = dice.choice(VALUES)


@KINDS.add()
def field_missing(manifest: Raw, dice: Random) -> None:
    for name in dice.sample(sorted(manifest), dice.choice([1, 1, 2])):
        del manifest[name]


@KINDS.add()
def no_numbers(manifest: Raw, dice: Random) -> None:
    number = raw(
        dice.choice(["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "1" + "0" * 4000])
    )
    place = dice.choice(["size", "chunk_size", "metadata", "threshold", "tolerance", "values"])
    if place == "threshold":
        manifest["metadata"] = {"threshold": number}
    elif place in ("tolerance", "values"):
        manifest["self_test"][place if place == "tolerance" else "inputs"] = number
    else:
        manifest[place] = number


@KINDS.add()
def nested(manifest: Raw, dice: Random) -> None:
    depth = dice.choice([40, 300, 900, DEEP, 100 * DEEP])
    opened, closed = dice.choice([("[", "]"), ('{"a":', "}")])
    deep = raw(opened * depth + "1" + closed * depth)
    manifest[dice.choice([*sorted(manifest), "unknown"])] = deep


@KINDS.add()
def text_odd(manifest: Raw, dice: Random) -> None:
    manifest[dice.choice(["name", "version", "file"])] = dice.choice(ODD)


@KINDS.add()
def labels_odd(manifest: Raw, dice: Random) -> None:
    labels = [*DIGITS]
    labels[dice.randrange(10)] = dice.choice(ODD)
    manifest["labels"] = dice.choice([labels, labels * 100_000, DIGITS, list(range(10))])


@KINDS.add()
def file_elsewhere(manifest: Raw, dice: Random) -> None:
    manifest["file"] = dice.choice(
        [
            "../../built/site.js",
            "..\\model.onnx",
            "https://example.org/model.onnx",
            "//example.org/model.onnx",
            "data:,model",
            "blob:model",
            "javascript:alert(1)",
            "model.onnx?version=2",
            "%2e%2e%2fmodel.onnx",
            "/etc/passwd",
            ".",
        ]
    )


@KINDS.add()
def metadata_odd(manifest: Raw, dice: Random) -> None:
    name = dice.choice(["threshold", "mnist_test_accuracy"])
    manifest["metadata"] = {name: dice.choice([*VALUES, 1.0001, 0.5, "0.5"]), "__proto__": MARKUP}


@KINDS.add()
def specs_odd(manifest: Raw, dice: Random) -> None:
    side = dice.choice(["inputs", "outputs"])
    spec = manifest[side][0]
    change = dice.choice(["name", "dtype", "shape", "many"])
    if change == "name":
        spec["name"] = dice.choice([*ODD, "other"])
    elif change == "dtype":
        spec["dtype"] = dice.choice(["float64", "int64", "uint8", "string", "float32 ", 7])
    elif change == "shape":
        hostile = [["N"], [], ["N", 784], [2**53, 2**53], ["N", "N", "N"], ["N", 10**400], ["N", 0]]
        spec["shape"] = dice.choice(hostile)
    else:
        manifest[side] += [
            {**spec, "name": f"{place}"} for place in range(dice.choice([1, 50_000]))
        ]


@KINDS.add()
def self_test_odd(manifest: Raw, dice: Random) -> None:
    test = manifest["self_test"]
    (sample,) = test["inputs"].values()
    change = dice.choice(["shape", "values", "expected", "tolerance", "other"])
    if change == "shape":
        hostile = [[2**25], [2**26], [2**53, 2**53], [1] * 1000, [2**18, 1, 28, 28], [1, 1, 28, 27]]
        sample["shape"] = dice.choice(hostile)
    elif change == "values":
        sample["values"] = dice.choice([[10**400], [1e308], [0.0] * 1_000_000, ["1"], []])
    elif change == "expected":
        test["outputs"] = {
            manifest["outputs"][0]["name"]: dice.choice([[0.5], [1e308], [0.0] * 999])
        }
    elif change == "tolerance":
        test["tolerance"] = dice.choice([1e308, -1, 0, "0"])
    else:
        manifest["self_test"] = dice.choice(VALUES)


@KINDS.add()
def sizes_odd(manifest: Raw, dice: Random) -> None:
    size = manifest["size"]
    field = dice.choice(["size", "chunk_size", "sha256", "chunks"])
    if field == "size":
        manifest["size"] = dice.choice([1, size - 1, size + 1, 2**32, 2**40, 2**53])
    elif field == "chunk_size":
        manifest["chunk_size"] = dice.choice([1, 3, 7, 2**53])
        count = -(-size // manifest["chunk_size"])
        manifest["chunks"] = [manifest["sha256"]] * count
    elif field == "sha256":
        manifest["sha256"] = dice.choice(["0" * 64, manifest["sha256"].upper(), "0" * 63])
    else:
        manifest["chunks"] = manifest["chunks"] * dice.choice([0, 2, 100_000])
