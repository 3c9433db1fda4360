"""The code blocks of docs/your-own-model.md and of the pages that follow it."""

import re
from collections import defaultdict
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (
    "your-own-model.md",
    "own-page.md",
    "model-sources.md",
    "using-models.md",
    "stored-models.md",
)
TEXT = "\n".join((DOCS / page).read_text("utf-8") for page in PAGES)
"""The text of all these pages."""


def code_blocks(language):
    """Return all code blocks in a language, as a list for each heading above them."""
    found, heading = defaultdict(list), ""
    for part in re.finditer(
        r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w*)\n(?P<text>.*?)^```$",
        TEXT,
        re.MULTILINE | re.DOTALL,
    ):
        heading = part["heading"] or heading
        if part["text"] and part["language"] == language:
            found[heading].append(part["text"])
    return dict(found)


def code_block_of_step(number, language):
    """Return the only code block in a language in the section of a step."""
    (texts,) = [t for h, t in code_blocks(language).items() if h.startswith(f"{number}. ")]
    (text,) = texts
    return text
