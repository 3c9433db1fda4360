from types import SimpleNamespace

from tests.support.tables import COUNTS, ROW, as_text, rows_of


def test_rows_with_the_same_title_form_one_table_and_rows_with_the_same_first_cell_are_merged():
    reports = [
        SimpleNamespace(user_properties=[(ROW, ("Figures", {"what": "a"})), ("other", 1)]),
        SimpleNamespace(user_properties=[(ROW, ("Figures", {"what": "bb", "count": "2"}))]),
        SimpleNamespace(user_properties=[(ROW, ("Figures", {"what": "a", "size": "3"}))]),
        SimpleNamespace(),
    ]
    assert rows_of(reports) == {
        "Figures": [{"what": "a", "size": "3"}, {"what": "bb", "count": "2"}]
    }


def test_rows_with_a_cell_that_differs_are_not_merged():
    cells = ({"use": "a", "what": "memory"}, {"use": "a", "what": "nodes"})
    reports = [SimpleNamespace(user_properties=[(ROW, ("Figures", each))]) for each in cells]
    assert rows_of(reports) == {"Figures": list(cells)}


def test_counts_with_the_same_title_are_summed():
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


def test_the_columns_of_a_table_are_aligned_below_their_heads():
    assert as_text([{"what": "a"}, {"what": "bb", "count": "2"}]) == [
        "what  count",
        "a",
        "bb    2",
    ]
