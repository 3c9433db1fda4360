"""What a check of a site has found."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager


class ProgressBar(Protocol):
    """Shows progress: see `offline_onnx.command.result.progress_bar`."""

    def __call__(
        self, what: str, total: int, unit: str = "B"
    ) -> AbstractContextManager[Callable[[int], None]]:
        """Show a bar for this amount of work; yield a function `done`.

        The function takes the amount that was done since its last call.
        """


@contextmanager
def no_bar(what: str, total: int, unit: str = "B") -> Generator[Callable[[int], None]]:  # noqa: ARG001
    """Show no progress."""
    yield lambda _: None


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a site, or worth knowing.

    Attributes:
        path: the path of the file in the site; "" for the whole site.
        text: what is wrong and what to do, in one line. It names the file.

    """

    path: str
    text: str


@dataclass
class Report:
    """What a check has found.

    Attributes:
        site: the folder or the address of the site.
        faults: what keeps the page from working, or from working offline.
        notes: what is worth knowing, but works.
        checked: how many things of each kind were checked, such as {"files": 25}.
        skipped: what was not checked, and what to install so that it is; only in the JSON. "" if
            everything was checked.

    """

    site: str
    faults: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    skipped: str = ""

    def fault(self, path: str, text: str) -> None:
        """Add a fault, unless there is one about this file already, from which it may follow."""
        if not path or path not in {each.path for each in self.faults}:
            self.faults.append(Finding(path, text))

    def note(self, path: str, text: str) -> None:
        """Add a note."""
        self.notes.append(Finding(path, text))

    def count(self, kind: str, number: int = 1) -> None:
        """Add to the number of the things of a kind that were checked."""
        self.checked[kind] = self.checked.get(kind, 0) + number

    def summary(self) -> str:
        """Return one line: how many faults there are, and what was checked."""
        counted = [counted_noun(number, kind) for kind, number in self.checked.items() if number]
        faults = counted_noun(len(self.faults), "faults") if self.faults else "No faults"
        return f"{faults} in {self.site}. Checked: {', '.join(counted) or 'nothing'}."

    def lines(self) -> list[str]:
        """Return a line for each fault and note, and the summary."""
        faults = [f"fault: {each.text}" for each in self.faults]
        notes = [f"note:  {each.text}" for each in self.notes]
        return [*faults, *notes, self.summary()]

    def data(self) -> dict[str, Any]:
        """Return the report for programs, as JSON can contain it."""
        return {
            "site": self.site,
            "faults": [vars(each) for each in self.faults],
            "notes": [vars(each) for each in self.notes],
            "checked": self.checked,
            "skipped": self.skipped,
        }


def counted_noun(number: int, plural: str) -> str:
    """Return a number with its noun, such as "1 file" or "2 compressed copies"."""
    if number != 1:
        return f"{number} {plural}"
    singular = plural.removesuffix("ies") + "y" if plural.endswith("ies") else plural.rstrip("s")
    return f"1 {singular}"


def megabytes(size: int) -> str:
    """Return a number of bytes as a text, such as "68.2 MB"."""
    return f"{size / 1e6:.1f} MB"
