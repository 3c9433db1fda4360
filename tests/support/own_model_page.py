"""The code in docs/your-own-model.md, as a reader would take it out."""

import re
from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "your-own-model.md"


def blocks(language):
    """Give the blocks in a language under each heading: heading to a list of texts."""
    found, heading = defaultdict(list), ""
    for part in re.finditer(
        r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w*)\n(?P<text>.*?)^```$",
        PAGE.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    ):
        heading = part["heading"] or heading
        if part["text"] and part["language"] == language:
            found[heading].append(part["text"])
    return dict(found)


def step(number, language):
    """Give the only block in a language under a step."""
    (texts,) = [t for h, t in blocks(language).items() if h.startswith(f"{number}. ")]
    (text,) = texts
    return text
