"""Tables of figures are collected from the reports of tests and formatted as text."""

from types import SimpleNamespace

from tests.support.tables import COUNTS_PROPERTY, ROW_PROPERTY, collect_tables, format_table


def test_rows_of_a_title_form_a_table_and_rows_with_the_same_first_cell_are_merged():
    reports = [
        SimpleNamespace(user_properties=[(ROW_PROPERTY, ("Figures", {"what": "a"})), ("other", 1)]),
        SimpleNamespace(
            user_properties=[(ROW_PROPERTY, ("Figures", {"what": "bb", "count": "2"}))]
        ),
        SimpleNamespace(user_properties=[(ROW_PROPERTY, ("Figures", {"what": "a", "size": "3"}))]),
        SimpleNamespace(),
    ]
    assert collect_tables(reports) == {
        "Figures": [{"what": "a", "size": "3"}, {"what": "bb", "count": "2"}]
    }


def test_rows_that_differ_in_a_common_cell_are_not_merged():
    cells = ({"use": "a", "what": "memory"}, {"use": "a", "what": "nodes"})
    reports = [
        SimpleNamespace(user_properties=[(ROW_PROPERTY, ("Figures", each))]) for each in cells
    ]
    assert collect_tables(reports) == {"Figures": list(cells)}


def test_counts_with_the_same_title_are_summed():
    reports = [
        SimpleNamespace(user_properties=[(COUNTS_PROPERTY, ("Requests", {"page": 1, "style": 0}))]),
        SimpleNamespace(user_properties=[(COUNTS_PROPERTY, ("Requests", {"page": 2, "model": 1}))]),
    ]
    assert collect_tables(reports) == {
        "Requests": [
            {"what": "page", "count": "3"},
            {"what": "style", "count": "0"},
            {"what": "model", "count": "1"},
        ]
    }


def test_format_table_aligns_the_columns():
    assert format_table([{"what": "a"}, {"what": "bb", "count": "2"}]) == [
        "what  count",
        "a",
        "bb    2",
    ]
