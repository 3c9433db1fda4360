from types import SimpleNamespace

from tests.support.tables import COUNTS, KEY, as_text, rows_of


def test_rows_of_one_title_make_one_table_and_rows_of_one_thing_one_row():
    reports = [
        SimpleNamespace(user_properties=[(KEY, ("Figures", {"what": "a"})), ("other", 1)]),
        SimpleNamespace(user_properties=[(KEY, ("Figures", {"what": "bb", "count": "2"}))]),
        SimpleNamespace(user_properties=[(KEY, ("Figures", {"what": "a", "size": "3"}))]),
        SimpleNamespace(),
    ]
    assert rows_of(reports) == {
        "Figures": [{"what": "a", "size": "3"}, {"what": "bb", "count": "2"}]
    }


def test_rows_that_tell_different_things_of_one_thing_stay_apart():
    cells = ({"use": "a", "what": "memory"}, {"use": "a", "what": "nodes"})
    reports = [SimpleNamespace(user_properties=[(KEY, ("Figures", each))]) for each in cells]
    assert rows_of(reports) == {"Figures": list(cells)}


def test_counts_of_one_title_are_summed():
    reports = [
        SimpleNamespace(user_properties=[(COUNTS, ("Requests", {"page": 1, "style": 0}))]),
        SimpleNamespace(user_properties=[(COUNTS, ("Requests", {"page": 2, "model": 1}))]),
    ]
    assert rows_of(reports) == {
        "Requests": [
            {"what": "page", "count": "3"},
            {"what": "style", "count": "0"},
            {"what": "model", "count": "1"},
        ]
    }


def test_a_table_has_a_head_and_cells_below_each_other():
    assert as_text([{"what": "a"}, {"what": "bb", "count": "2"}]) == [
        "what  count",
        "a",
        "bb    2",
    ]
