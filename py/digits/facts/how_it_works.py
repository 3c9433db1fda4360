"""Explain how the page works, in steps with figures that were measured on this device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.facts.requests import bytes_from_device, bytes_from_network, works_offline
from digits.facts.timing import RUNS
from digits.words import UNKNOWN
from offline_onnx import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digits.facts.requests import File
    from digits.facts.timing import Times
    from digits.words import Words
    from offline_onnx import Model


@dataclass(frozen=True)
class Facts:
    """Facts about this page load and this device. An unknown amount is None.

    Attributes:
        files: The files of the page.
        python: The version of Python.
        start: How Python started: "restored", "created", "not_stored" or "plain".
            tools/page_js/python.js explains these words.
        start_seconds: Seconds from the beginning of the page load until the page could read.
        memory: The size of Python's memory in bytes.
        runtime: The version of onnxruntime-web.
        threads: The number of threads of the runtime.
        model: The model in use, None if no model is loaded.
        times: How long it takes to read the number that is shown; None if no number is shown, or it
            could not be measured.
        usage: How many bytes the browser stores for the site.
        quota: How many bytes the browser allows the site to store.
        persistent: Whether the browser has promised not to delete the stored bytes.

    """

    files: Sequence[File]
    python: str
    start: str
    start_seconds: float | None
    memory: int
    runtime: str
    threads: int
    model: Model | None
    times: Times | None
    usage: int | None
    quota: int | None
    persistent: bool


@dataclass(frozen=True)
class Step:
    """One step of the explanation.

    Attributes:
        title: The title.
        sentence: What happens in this step.
        figures: The value of each measured quantity, by the quantity's name.

    """

    title: str
    sentence: str
    figures: Mapping[str, str]


def steps(facts: Facts, words: Words) -> list[Step]:
    """Return the steps of the explanation, in the order in which they happen."""
    say, times = words.say, facts.times
    return [
        Step(
            say("about_open"),
            say(_opened_key(facts)),
            {
                say("about_sent"): words.size(bytes_from_network(facts.files)),
                say("about_local"): words.size(bytes_from_device(facts.files)),
            },
        ),
        Step(
            say("about_start"),
            say(f"about_start_{facts.start}", version=facts.python),
            {
                say("about_started"): words.duration(facts.start_seconds),
                say("about_memory"): words.size(facts.memory),
            },
        ),
        _model_step(facts.model, words),
        Step(
            say("about_draw"),
            say("about_draw_read" if times else "about_draw_hint"),
            {
                say("about_reading"): words.duration(times.reading if times else None),
                say("about_slowest", runs=RUNS): words.duration(times.slowest if times else None),
            },
        ),
        Step(
            say("about_run"),
            say("about_run_wasm", version=facts.runtime),
            {
                say("about_network"): words.duration(times.network if times else None),
                say("about_threads"): str(facts.threads),
            },
        ),
        Step(
            say("about_stored"),
            say(_stored_key(facts)),
            {
                say("about_usage"): words.size(facts.usage),
                say("about_quota"): words.size(facts.quota),
            },
        ),
    ]


def _opened_key(facts: Facts) -> str:
    """Return the key of the sentence that says where the page's files came from."""
    if bytes_from_network(facts.files):
        return "about_open_fetched"
    return "about_open_offline" if works_offline(facts.files) else "about_open_cached"


def _stored_key(facts: Facts) -> str:
    """Return the key of the sentence that says whether the page is stored for offline use."""
    if not works_offline(facts.files):
        return "about_stored_not"
    return "about_stored_persistent" if facts.persistent else "about_stored_evictable"


def _model_step(model: Model | None, words: Words) -> Step:
    key, version, length, digest = "about_model_none", UNKNOWN, None, UNKNOWN
    if model:
        stored = model.origin is Origin.STORED
        key = "about_model_stored" if stored else "about_model_fetched"
        version, length = model.manifest.version, model.manifest.size
        digest = model.manifest.sha256[:8]
    return Step(
        words.say("about_model"),
        words.say(key),
        {
            words.say("about_version", version=version): words.size(length),
            words.say("about_digest"): digest,
        },
    )
