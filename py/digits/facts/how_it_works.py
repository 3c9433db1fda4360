"""How the page works, told in steps: a sentence each, and the figures of this device and visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.amounts import UNKNOWN, size, time
from digits.facts import requests as files
from digits.facts.timing import RUNS
from offline_onnx import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digits.facts.requests import File
    from digits.facts.timing import Times
    from digits.words import Words
    from offline_onnx import Model

FROM_STORE = (Origin.STORED, Origin.STORED_OLDER)
"""Where a model came from that was not fetched in this visit."""


@dataclass(frozen=True)
class Facts:
    """What is known of this device and this visit: seconds, bytes; None is not known.

    python, runtime: their versions. start: how Python started, see tools/page_js/python.js. started:
    from the visit's beginning until the page could read. memory: Python's. threads: that the
    runtime uses. model: the one that reads. times: of what is shown. usage, quota: what is kept for
    the site, and the most that may be. lasting: whether the browser has promised to keep it.
    """

    files: Sequence[File]
    python: str
    start: str
    started: float | None
    memory: int
    runtime: str
    threads: int
    model: Model | None
    times: Times | None
    usage: int | None
    quota: int | None
    lasting: bool


@dataclass(frozen=True)
class Step:
    """A step of the story. figures: what is measured, and how much it is."""

    title: str
    sentence: str
    figures: Mapping[str, str]


def tell(facts: Facts, words: Words) -> list[Step]:
    """Tell the steps in the order in which they happen."""
    say, times = words.say, facts.times
    return [
        Step(
            say("about_open"),
            say(_opened(facts)),
            {
                say("about_sent"): size(files.sent(facts.files), words),
                say("about_local"): size(files.local(facts.files), words),
            },
        ),
        Step(
            say("about_start"),
            say(f"about_start_{facts.start}", version=facts.python),
            {
                say("about_started"): time(facts.started, words),
                say("about_memory"): size(facts.memory, words),
            },
        ),
        _model(facts.model, words),
        Step(
            say("about_draw"),
            say("about_draw_read" if times else "about_draw_hint"),
            {
                say("about_reading"): time(times.reading if times else None, words),
                say("about_worst", runs=RUNS): time(times.worst if times else None, words),
            },
        ),
        Step(
            say("about_run"),
            say("about_run_wasm", version=facts.runtime),
            {
                say("about_network"): time(times.network if times else None, words),
                say("about_threads"): str(facts.threads),
            },
        ),
        Step(
            say("about_kept"),
            say(_kept(facts)),
            {
                say("about_usage"): size(facts.usage, words),
                say("about_quota"): size(facts.quota, words),
            },
        ),
    ]


def _opened(facts: Facts) -> str:
    if files.sent(facts.files):
        return "about_open_fetched"
    return "about_open_kept" if files.are_kept(facts.files) else "about_open_cached"


def _kept(facts: Facts) -> str:
    if not files.are_kept(facts.files):
        return "about_kept_not"
    return "about_kept_lasting" if facts.lasting else "about_kept_while"


def _model(model: Model | None, words: Words) -> Step:
    sentence, version, length, digest = "about_model_none", UNKNOWN, None, UNKNOWN
    if model:
        stored = model.origin in FROM_STORE
        sentence = "about_model_stored" if stored else "about_model_fetched"
        version, length = model.manifest.version, model.manifest.size
        digest = model.manifest.sha256[:8]
    return Step(
        words.say("about_model"),
        words.say(sentence),
        {
            words.say("about_version", version=version): size(length, words),
            words.say("about_digest"): digest,
        },
    )
