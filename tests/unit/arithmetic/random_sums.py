"""Random sums: trees whose value is known without parsing, and texts with all kinds of marks."""

import operator
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from digits.arithmetic.answer import SYMBOLS

OPERATORS = {
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "×": (2, operator.mul),
    "÷": (2, operator.truediv),
    "/": (2, operator.truediv),
    ":": (2, operator.truediv),
}
"""The rank and the function of each operator."""


@dataclass(frozen=True)
class Tree:
    """A sum.

    Attributes:
        text: the sum as text, with a decimal point.
        value: its value; None if it divides by zero.
        rank: the rank of the operator that is applied last; 3 for a number, or for anything that a
            sign stands before.
    """

    text: str
    value: Fraction | None
    rank: int

    def in_brackets(self, needed):
        return f"({self.text})" if needed else self.text


def number(whole, decimals):
    text = f"{whole}.{decimals}" if decimals else f"{whole}"
    return Tree(text, Fraction(text), 3)


def signed(tree, is_plus):
    """Return a tree with a sign before it."""
    text = f"{'+' if is_plus else '-'}{tree.in_brackets(tree.rank < 3)}"
    if tree.value is None or is_plus:
        return Tree(text, tree.value, 3)
    return Tree(text, -tree.value, 3)


def combined(left, sign, right, extra_brackets, leaves_sign_out):
    """Return two trees with an operator between them, and with needed and extra brackets."""
    rank, function = OPERATORS[sign]
    before = left.in_brackets(left.rank < rank or extra_brackets[0])
    after = right.in_brackets(right.rank <= rank or extra_brackets[1])
    is_undefined = None in (left.value, right.value) or (
        rank == 2 and sign != "×" and not right.value
    )
    value = None if is_undefined else function(left.value, right.value)
    shown = "" if sign == "×" and after.startswith("(") and leaves_sign_out else sign
    return Tree(f"{before}{shown}{after}", value, rank)


numbers = st.builds(number, st.integers(0, 9999), st.from_regex(r"[0-9]{0,3}", fullmatch=True))
trees = st.recursive(
    numbers,
    lambda inner: (
        st.builds(signed, inner, st.booleans())
        | st.builds(
            combined,
            inner,
            st.sampled_from(sorted(OPERATORS)),
            inner,
            st.tuples(st.booleans(), st.booleans()),
            st.booleans(),
        )
    ),
    max_leaves=12,
)

written_numbers = st.from_regex(
    r"-?([0-9]{1,4}([.,][0-9]{0,3})?|[1-9],[0-9]{3}|[.,][0-9]{1,2})(\([0-9]{1,2}\))?",
    fullmatch=True,
)
sums = st.builds(
    lambda first, others: first + "".join(sign + number for sign, number in others),
    written_numbers,
    st.lists(
        st.tuples(
            st.sampled_from([*OPERATORS, "/"]),
            written_numbers | trees.map(lambda tree: f"({tree.text})"),
        ),
        min_size=1,
        max_size=3,
    ),
)
"""Texts of sums. Some divide by zero or contain something that is no number."""
lines = (
    st.text("".join(sorted(SYMBOLS)), max_size=40)
    | sums
    | st.lists(sums | written_numbers, min_size=1, max_size=3).map("=".join)
)
"""Texts of which many are sums, equations, or nearly so."""
