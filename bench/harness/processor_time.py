"""The processor time that a browser uses during some work, by thread, from the Linux kernel.

It counts the threads of all processes of the browser. /proc/PID/task/TID/schedstat has the
nanoseconds of each. A trace would slow the work down.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness.browser import Browser

MAIN, POOL, PAGE = "the page's main thread", "compilers and other background tasks", "other threads"
BROWSER, GPU, OTHER = "the browser's main process", "the process that draws", "other processes"
GROUPS = (MAIN, POOL, PAGE, BROWSER, GPU, OTHER)
"""The groups of threads. The first three are those of the processes of pages."""
_PROCESSES = {"browser": BROWSER, "GPU": GPU}
"""The group of the threads of a process, by the process's type."""


@contextmanager
def measure_processor_time(chromium: Browser) -> Iterator[dict[str, float]]:
    """Yield a dictionary; after the `with` block, it has the seconds of each group of threads."""
    seconds: dict[str, float] = {}
    before = _read_threads(chromium)
    yield seconds
    times: Counter[str] = Counter()
    for thread, (group, nanoseconds) in _read_threads(chromium).items():
        _, nanoseconds_before = before.get(thread, (group, 0))
        times[group] += nanoseconds - nanoseconds_before
    seconds.update({group: times[group] / 1e9 for group in GROUPS})


def _read_threads(chromium: Browser) -> dict[tuple[int, int], tuple[str, int]]:
    """Return the group and the processor time in nanoseconds of each thread, by its ids."""
    processes: list[dict[str, Any]] = chromium.devtools.send("SystemInfo.getProcessInfo")[
        "processInfo"
    ]
    threads = {}
    for process in processes:
        pid = process["id"]
        for folder in Path(f"/proc/{pid}/task").glob("*"):
            try:
                nanoseconds = int((folder / "schedstat").read_text("ascii").split()[0])
                name = (folder / "comm").read_text("utf-8")
            except OSError:  # the thread has ended
                continue
            tid = int(folder.name)
            threads[pid, tid] = (_group(process["type"], name, is_main=tid == pid), nanoseconds)
    return threads


def _group(process_type: str, name: str, *, is_main: bool) -> str:
    """Return the group of a thread. name: the thread's name, cut after 15 characters."""
    if process_type != "renderer":
        return _PROCESSES.get(process_type, OTHER)
    if is_main:
        return MAIN
    return POOL if name.startswith("ThreadPool") else PAGE
