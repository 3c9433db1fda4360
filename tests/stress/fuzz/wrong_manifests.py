"""Functions that make the manifest of a valid model hostile, mostly in one field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digits.reading.contract import DIGITS
from tests.stress.harness.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    type ManifestDict = dict[str, Any]

KINDS: Kinds[Callable[[ManifestDict, Random], None]] = Kinds()
DEPTH = 10_000
"""A depth of nested arrays or objects that is too large for many JSON parsers."""
MARKUP = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
HOSTILE_TEXTS = (
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
HOSTILE_NUMBERS = (-1, 0, 0.5, 2**31, 2**53, 2**53 + 1, 2**63, 10**400, 1e308, -1e308)
HOSTILE_VALUES: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    [[]],
    [None] * 1000,
    {"__proto__": {"size": 1}},
    *HOSTILE_TEXTS,
    *HOSTILE_NUMBERS,
)


def unquoted(text: str) -> str:
    """Mark a text that has to be written into the JSON without quotes: see `case._to_json`."""
    return f"raw{text}war"


@KINDS.add()
def field_replaced(manifest: ManifestDict, rng: Random) -> None:
    """Replace a field with a hostile value."""
    manifest[rng.choice(sorted(manifest))] = rng.choice(HOSTILE_VALUES)


@KINDS.add()
def field_missing(manifest: ManifestDict, rng: Random) -> None:
    """Remove one or two fields."""
    for name in rng.sample(sorted(manifest), rng.choice([1, 1, 2])):
        del manifest[name]


@KINDS.add()
def invalid_numbers(manifest: ManifestDict, rng: Random) -> None:
    """Put a number that is not JSON, or is huge, in the place of a number or an object."""
    number = unquoted(
        rng.choice(["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "1" + "0" * 4000])
    )
    field = rng.choice(["size", "chunk_size", "metadata", "threshold", "tolerance", "inputs"])
    if field == "threshold":
        manifest["metadata"] = {"threshold": number}
    elif field in ("tolerance", "inputs"):
        manifest["self_test"][field] = number
    else:
        manifest[field] = number


@KINDS.add()
def deeply_nested(manifest: ManifestDict, rng: Random) -> None:
    """Replace a field with deeply nested arrays or objects, or add such a field."""
    depth = rng.choice([40, 300, 900, DEPTH, 100 * DEPTH])
    opened, closed = rng.choice([("[", "]"), ('{"a":', "}")])
    deep = unquoted(opened * depth + "1" + closed * depth)
    manifest[rng.choice([*sorted(manifest), "unknown"])] = deep


@KINDS.add()
def hostile_text(manifest: ManifestDict, rng: Random) -> None:
    """Replace the name, the version or the file's name with a hostile text."""
    manifest[rng.choice(["name", "version", "file"])] = rng.choice(HOSTILE_TEXTS)


@KINDS.add()
def hostile_labels(manifest: ManifestDict, rng: Random) -> None:
    """Replace the labels."""
    labels = [*DIGITS]
    labels[rng.randrange(10)] = rng.choice(HOSTILE_TEXTS)
    manifest["labels"] = rng.choice([labels, labels * 100_000, DIGITS, list(range(10))])


@KINDS.add()
def file_at_other_address(manifest: ManifestDict, rng: Random) -> None:
    """Replace the file's name with an address that is not a plain file name."""
    manifest["file"] = rng.choice(
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
def hostile_metadata(manifest: ManifestDict, rng: Random) -> None:
    """Replace the metadata by one hostile value and a key `__proto__`."""
    name = rng.choice(["threshold", "mnist_test_accuracy"])
    value = rng.choice([*HOSTILE_VALUES, 1.0001, 0.5, "0.5"])
    manifest["metadata"] = {name: value, "__proto__": MARKUP}


@KINDS.add()
def hostile_specs(manifest: ManifestDict, rng: Random) -> None:
    """Change the declaration of an input or output, or add declarations."""
    side = rng.choice(["inputs", "outputs"])
    spec = manifest[side][0]
    change = rng.choice(["name", "dtype", "shape", "many"])
    if change == "name":
        spec["name"] = rng.choice([*HOSTILE_TEXTS, "other"])
    elif change == "dtype":
        spec["dtype"] = rng.choice(["float64", "int64", "uint8", "string", "float32 ", 7])
    elif change == "shape":
        hostile = [["N"], [], ["N", 784], [2**53, 2**53], ["N", "N", "N"], ["N", 10**400], ["N", 0]]
        spec["shape"] = rng.choice(hostile)
    else:
        manifest[side] += [
            {**spec, "name": str(number)} for number in range(rng.choice([1, 50_000]))
        ]


@KINDS.add()
def hostile_self_test(manifest: ManifestDict, rng: Random) -> None:
    """Change the self-test."""
    test = manifest["self_test"]
    (sample,) = test["inputs"].values()
    change = rng.choice(["shape", "values", "expected", "tolerance", "other"])
    if change == "shape":
        hostile = [[2**25], [2**26], [2**53, 2**53], [1] * 1000, [2**18, 1, 28, 28], [1, 1, 28, 27]]
        sample["shape"] = rng.choice(hostile)
    elif change == "values":
        sample["values"] = rng.choice([[10**400], [1e308], [0.0] * 1_000_000, ["1"], []])
    elif change == "expected":
        test["outputs"] = {
            manifest["outputs"][0]["name"]: rng.choice([[0.5], [1e308], [0.0] * 999])
        }
    elif change == "tolerance":
        test["tolerance"] = rng.choice([1e308, -1, 0, "0"])
    else:
        manifest["self_test"] = rng.choice(HOSTILE_VALUES)


@KINDS.add()
def hostile_sizes(manifest: ManifestDict, rng: Random) -> None:
    """Change a size or a digest."""
    size = manifest["size"]
    field = rng.choice(["size", "chunk_size", "sha256", "chunks"])
    if field == "size":
        manifest["size"] = rng.choice([1, size - 1, size + 1, 2**32, 2**40, 2**53])
    elif field == "chunk_size":
        manifest["chunk_size"] = rng.choice([1, 3, 7, 2**53])
        count = -(-size // manifest["chunk_size"])
        manifest["chunks"] = [manifest["sha256"]] * count
    elif field == "sha256":
        manifest["sha256"] = rng.choice(["0" * 64, manifest["sha256"].upper(), "0" * 63])
    else:
        manifest["chunks"] = manifest["chunks"] * rng.choice([0, 2, 100_000])
