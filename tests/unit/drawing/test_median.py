"""The median is that of the module `statistics`."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.median import median


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_the_median_is_that_of_statistics(values):
    assert median(iter(values)) == statistics.median(values)


def test_no_values_have_no_median():
    with pytest.raises(IndexError):
        median([])
