"""The statistics and reports of the stress tests."""

import json

import pytest

from tests.stress.fuzz.run import FuzzReport
from tests.stress.harness.campaign import Report, run_cases
from tests.stress.soak import report
from tests.stress.soak.drawings import DrawingResult
from tests.stress.soak.profile import StoredData
from tests.stress.soak.teaching import ReadingSpeed, TeachingResult
from tests.stress.soak.trend import Trend, compute_trend, percentile
from tests.stress.soak.visits import VisitResult


def stored(*addresses, disk=120):
    """Return made-up figures of the browser's storage, with the given URLs in a cache."""
    return StoredData({"cache app": list(addresses)}, content=100, usage=110, disk=disk, browser=50)


def bad(rows):
    """Return the measures of the rows that are not good."""
    return [row.what for row in rows if not row.good]


def test_trend_compares_the_second_tenth_of_the_values_with_the_last():
    values = [(n, 7.0 if n <= 10 else 10.0 if n <= 20 else 10.3) for n in range(1, 101)]
    growth_trend = compute_trend(values, 100)
    assert (growth_trend.second_tenth, growth_trend.last_tenth) == (10.0, 10.3)
    assert growth_trend.growth == pytest.approx(0.03)
    assert not growth_trend.is_flat
    assert Trend(10.0, 10.19).is_flat
    assert Trend(10.0, 5.0).is_flat
    assert percentile(list(range(100)), 0.95) == 95


def test_growing_measures_and_misread_drawings_are_not_good():
    samples = [(n, {"nodes": n, "documents": 1}) for n in range(10, 101, 10)]
    drawings = DrawingResult(100, 1, samples, [(n, 20.0) for n in range(1, 101)])
    assert bad(report.drawing_rows(drawings)) == ["misread", "nodes"]
    assert bad(report.latency_rows(drawings)) == []


def test_more_stored_entries_and_entries_of_older_versions_are_not_good():
    now, old = "/built/model-0123456789ab/a.onnx", "/built/model-ba9876543210/a.onnx"
    assert stored(now, "/index.html").entries_of_other_versions(["model-0123456789ab"]) == []
    assert stored(now, old).entries_of_other_versions(["model-0123456789ab"]) == [old]
    visits = VisitResult({"5 updates": (stored(now), stored(now, old))}, [old])
    assert bad(report.visit_rows(visits)) == ["cache app", "entries left over from older versions"]
    assert bad(report.disk_rows(visits)) == []
    too_large = VisitResult({"": (stored(), stored(disk=160))}, [])
    assert bad(report.disk_rows(too_large)) == ["bytes on the disk"]


def test_a_reading_that_takes_longer_than_a_frame_is_not_good():
    result = TeachingResult(
        1000, ReadingSpeed(3, 9, 0), ReadingSpeed(17, 30, 0), 1000, {"opening the panel": 1.5}
    )
    assert bad(report.teaching_rows(result)) == []
    assert bad(report.speed_rows(result)) == ["reading, ms"]
    result = report.Report(report.speed_rows(result), {"1,000 examples": 12.0})
    assert not result.is_good
    assert json.loads(result.as_json())["seconds"] == {"1,000 examples": 12.0}
    assert "FAILED" in result.as_text()


@pytest.mark.parametrize("kind", [Report, FuzzReport], ids=["faults", "fuzz"])
def test_a_campaign_counts_outcomes_by_kind_in_json_and_text(kind):
    result = kind()

    def case(seed):
        if seed == 7:
            result.add_finding(seed, "odd", "broken", "it froze\nfor ever")
        result.count("odd" if seed % 2 else "even", "refused")
        return "odd" if seed % 2 else "even"

    run_cases(range(5, 9), case, result)
    assert not result.is_good
    read = json.loads(result.as_json())
    assert read["totals"] == {"cases": 4, "refused": 4, "broken": 1}
    assert read["by_kind"] == {
        "even": {"cases": 2, "refused": 2},
        "odd": {"cases": 2, "refused": 2, "broken": 1},
    }
    finding = {"seed": 7, "kind": "odd", "what": "broken", "detail": "it froze\nfor ever"}
    assert read["findings"] == [finding]
    text = result.as_text()
    assert [line.split() for line in text.splitlines()[:4]] == [
        ["kind", "cases", "refused", "broken"],
        ["even", "2", "2", "0"],
        ["odd", "2", "2", "1"],
        ["all", "4", "4", "1"],
    ]
    assert "seed 7, odd: broken:\n    it froze\n    for ever" in text


def test_a_campaign_without_findings_is_good():
    result = Report()
    run_cases([1], lambda _: "only", result)
    assert result.is_good
    assert json.loads(result.as_json())["findings"] == []
