"""The code in docs/onnxruntime-api.md: for onnxruntime, and the same after the changes it shows."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "onnxruntime-api.md"


@dataclass(frozen=True)
class Pattern:
    """Code for onnxruntime, and the same for this library. Both store a result in `result`.

    Attributes:
        heading: the heading above the code.
        before: the code for onnxruntime.
        after: the code for this library.
    """

    heading: str
    before: str
    after: str


def _patterns():
    text = DOCUMENT.read_text("utf-8")
    for heading, block in re.findall(r"^### ([^\n]+)\n.*?^```diff\n(.*?)^```", text, re.M | re.S):
        lines = block.splitlines()
        before, after = (
            "\n".join(line[1:] for line in lines if line[:1] != other) for other in "+-"
        )
        yield Pattern(heading, before, after)


PATTERNS = list(_patterns())
