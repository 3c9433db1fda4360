"""The command `bench`: compare the app and the library with TensorFlow.js and plain Pyodide."""

from __future__ import annotations

from bench import run


def bench(*, runs: int, as_json: bool) -> None:
    """Measure and print the results; after a full run, also write bench/README.md.

    Args:
        runs: the number of warm starts of each page, at most 11; fewer shorten all measurements.
        as_json: print JSON instead of text.
    """
    results = run.measure(runs)
    if results["is_full"]:
        run.write_results(results)
    print((run.as_json if as_json else run.as_text)(results))
