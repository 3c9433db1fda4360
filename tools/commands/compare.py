"""Measure the page beside its peers."""

from __future__ import annotations

from bench import run


def bench(*, runs: int, as_json: bool) -> None:
    """Measure and print the results; after a full run, write bench/README.md.

    Args:
        runs: warm starts of each page; few of them shorten everything else, too.
        as_json: for programs, not for people.
    """
    results = run.measure(runs)
    if results["is_full"]:
        run.publish(results)
    print((run.as_json if as_json else run.as_text)(results))
