"""The soak's own arithmetic: what it calls flat, and what it calls left behind."""

import json

import pytest

from tests.stress.soak import report, run
from tests.stress.soak.drawings import Drawn
from tests.stress.soak.flat import Trend, percentile, trend
from tests.stress.soak.kept import Kept
from tests.stress.soak.lessons import Learned, Pace
from tests.stress.soak.visits import Lived


def kept(*addresses, disk=120):
    return Kept({"cache app": list(addresses)}, content=100, usage=110, disk=disk, browser=50)


def bad(rows):
    return [row.what for row in rows if not row.good]


def test_the_second_tenth_is_compared_with_the_last():
    values = [(n, 7.0 if n <= 10 else 10.0 if n <= 20 else 10.3) for n in range(1, 101)]
    found = trend(values, 100)
    assert (found.second, found.last) == (10.0, 10.3)
    assert found.growth == pytest.approx(0.03)
    assert not found.is_flat
    assert Trend(10.0, 10.19).is_flat
    assert Trend(10.0, 5.0).is_flat
    assert percentile(list(range(100)), 0.95) == 95


def test_a_measure_that_grows_and_a_drawing_that_is_misread_are_told():
    samples = [(n, {"nodes": n, "documents": 1}) for n in range(10, 101, 10)]
    drawn = Drawn(100, 1, samples, [(n, 20.0) for n in range(1, 101)])
    assert bad(report.of_drawings(drawn)) == ["misread", "nodes"]
    assert bad(report.of_latency(drawn)) == []


def test_entries_that_grow_in_number_or_are_of_older_versions_are_told():
    now, old = "/built/model-0123456789ab/a.onnx", "/built/model-ba9876543210/a.onnx"
    assert kept(now, "/index.html").left_behind(["model-0123456789ab"]) == []
    assert kept(now, old).left_behind(["model-0123456789ab"]) == [old]
    lived = Lived({"5 updates": (kept(now), kept(now, old))}, [old])
    assert bad(report.of_visits(lived)) == ["cache app", "left of older versions"]
    assert bad(report.of_disk(lived)) == []
    assert bad(report.of_disk(Lived({"": (kept(), kept(disk=160))}, []))) == ["bytes on the disk"]


def test_a_reading_that_takes_longer_than_a_frame_is_told():
    slow = Learned(1000, Pace(3, 9, 0), Pace(17, 30, 0), 1000, {"opening the panel": 1.5})
    assert bad(report.of_lessons(slow)) == []
    assert bad(report.of_pace(slow)) == ["reading, ms"]
    told = run.Report(report.of_pace(slow), {"1,000 examples": 12.0})
    assert not told.is_good
    assert json.loads(told.as_json())["seconds"] == {"1,000 examples": 12.0}
    assert "NOT FLAT" in told.as_text()
