from types import SimpleNamespace

from tests.tables import KEY, as_text, rows_of


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


def test_a_table_has_a_head_and_cells_below_each_other():
    assert as_text([{"what": "a"}, {"what": "bb", "count": "2"}]) == [
        "what  count",
        "a",
        "bb    2",
    ]
