"""Answers to sums, and checked equations."""

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.arithmetic.answer import MAX_SYMBOLS, SYMBOLS, Answer, Kind, work_out
from digits.arithmetic.errors import Problem, SumError
from digits.arithmetic.expression import evaluate, parse
from tests.unit.arithmetic.random_sums import lines, sums, trees

marks = st.sampled_from(".,")


def outcome(text, language_mark="."):
    """Return the answer to a text, the problem with it, or None if it asks for no answer."""
    try:
        return work_out(text, language_mark)
    except SumError as error:
        return error.problem


@pytest.mark.parametrize(
    ("text", "ink", "shown", "equation"),
    [
        ("12+7=", "19", "19", "12+7=19"),
        ("5-8=", "-3", "-3", "5-8=-3"),
        ("1÷4=", "0.25", "0.25", "1÷4=0.25"),
        ("1,5+2,25=", "3,75", "3,75", "1,5+2,25=3,75"),
        ("1.000,5×2=", "2001", "2001", "1.000,5×2=2001"),
        ("1,000+0.5=", "1000.5", "1000.5", "1,000+0.5=1000.5"),
        ("1.5+2,75=", "4.25", "4.25", "1.5+2,75=4.25"),
        ("1÷3=", "1/3", "1/3 = 0.(3)", "1÷3=1/3"),
        ("1:3=", "1/3", "1/3 = 0.(3)", "1:3=1/3"),
        ("1/3=", "0.(3)", "0.(3)", "1/3=0.(3)"),
        ("-1/3=", "-0.(3)", "-0.(3)", "-1/3=-0.(3)"),
        ("2/6=", "1/3", "1/3 = 0.(3)", "2/6=1/3"),
        ("1÷3=1/3=", "0.(3)", "0.(3)", "1÷3=1/3=0.(3)"),
        ("1/3=0.(3)=", "0.(3)", "0.(3)", "1/3=0.(3)=0.(3)"),
        ("0.(3)=", "1/3", "1/3", "0.(3)=1/3"),
        ("1,5÷9=", "1/6", "1/6 = 0,1(6)", "1,5÷9=1/6"),
        ("22÷97=", "22/97", "22/97 = 0.2268041237…", "22÷97=22/97"),
        ("22/97=", "0.2268041237...", "0.2268041237…", "22/97=0.2268041237..."),
        ("42=", "42", "42", "42=42"),
        ("1,50=", "1,5", "1,5", "1,50=1,5"),
        ("0.1(6)=", "0.6", "0.6", "0.1(6)=0.6"),
        ("12+7=19=", "19", "19", "12+7=19=19"),
        ("0.5(20)÷12=5/6=", "0.8(3)", "0.8(3)", "0.5(20)÷12=5/6=0.8(3)"),
    ],
)
def test_a_sum_with_an_equals_sign_is_answered(text, ink, shown, equation):
    answer = work_out(text)
    assert (answer.kind, answer.written) == (Kind.ANSWER, text.removesuffix("="))
    assert (answer.ink, answer.shown, answer.equation) == (ink, shown, equation)


@pytest.mark.parametrize(("text", "shown"), [("12+7", "19"), ("1/3", "0.(3)"), ("2(3)", "6")])
def test_a_sum_without_an_equals_sign_has_a_preview(text, shown):
    answer = work_out(text)
    assert (answer.kind, answer.written, answer.shown) == (Kind.PREVIEW, text, shown)
    assert answer.equation == f"{text}={shown}"


@pytest.mark.parametrize(
    "text",
    ["", "42", "-5", "+5", "(5)", "1,5", "0.(3)", "12+", "(1+2", "5÷0", "1.2.3", "+", ".", "1?+2",
     "1+" * 200 + "1"],
)  # fmt: skip
def test_a_number_or_an_unfinished_sum_has_no_preview(text):
    assert work_out(text) is None


@pytest.mark.parametrize(
    "text",
    ["12+7=19", "19=12+7", "2+3=5=1+4", "42=42", "1/3=2/6", "1/3=0.(3)", "1/6=0.1(6)", "0.1(6)=1/6",
     "0.5(20)=10", "10=0.5(20)", "0.(9)=1", "1,5+1,5=3", "1/3=0.333...", "2÷3=0.6...",
     "-2÷3=-0.66...", "1/3=0,33...", "1,000×2=2,000", "1/3=0.3...=2/6"],
)  # fmt: skip
def test_a_true_equation_is_right(text):
    answer = work_out(text)
    assert (answer.kind, answer.ink, answer.shown, answer.equation) == (Kind.RIGHT, "", "", text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12+7=20", "12+7 = 19"),
        ("20=12+7", "12+7 = 19"),
        ("12+7=20=", "12+7 = 19"),
        ("2+3=5+1", "2+3 = 5 ≠ 6 = 5+1"),
        ("2+3=5+1=6", "2+3 = 5 ≠ 6 = 5+1"),
        ("2+3=5=6", "2+3 = 5"),
        ("3=4", "3 ≠ 4"),
        ("1/3=0.33", "1/3 = 0.(3)"),
        ("2÷3=0.67...", "2÷3 = 2/3 = 0.(6)"),
        ("1/3=-0.33...", "1/3 = 0.(3)"),
        ("0.5(20)=11", "0.5(20) = 10"),
        ("1,5+1,5=3,5", "1,5+1,5 = 3"),
        ("1+1=1÷3", "1+1 = 2 ≠ 0.(3) = 1/3 = 1÷3"),
    ],
)
def test_a_false_equation_is_corrected(text, shown):
    answer = work_out(text)
    assert (answer.kind, answer.ink, answer.shown) == (Kind.WRONG, "", shown)
    assert answer.equation == text.removesuffix("=")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("=", Problem.UNFINISHED),
        ("=5", Problem.UNFINISHED),
        ("12+=", Problem.UNFINISHED),
        ("12+7==", Problem.UNFINISHED),
        ("12+=19", Problem.UNFINISHED),
        ("(1+2=", Problem.BRACKETS),
        ("(1=1)", Problem.BRACKETS),
        ("5÷0=", Problem.DIVISION_BY_ZERO),
        ("5=5÷0", Problem.DIVISION_BY_ZERO),
        ("1.2.3=", Problem.NO_SUM),
        ("0.33...=1/3", Problem.NO_SUM),
        ("1/3=0.3...+0", Problem.NO_SUM),
        ("1?+2=", Problem.NO_SUM),
        ("1+" * 100 + "1=", Problem.TOO_LONG),
    ],
)
def test_a_text_with_an_equals_sign_but_without_an_answer_has_a_reason(text, problem):
    assert outcome(text) is problem


def test_the_language_decides_the_decimal_mark_if_the_numbers_do_not():
    assert work_out("1,000×2=", ".").ink == "2000"
    assert work_out("1,000×2=", ",").ink == "2"
    assert work_out("1÷4=", ",").ink == "0,25"
    assert work_out("1.5÷2=", ",").ink == "0.75"


@given(trees)
def test_the_answer_to_a_random_sum_has_its_value(tree):
    answer = outcome(f"{tree.text}=")
    if len(tree.text) < MAX_SYMBOLS:
        assert (Problem.DIVISION_BY_ZERO if tree.value is None else tree.value) == (
            answer.value if isinstance(answer, Answer) else answer
        )


@given(lines, st.booleans(), marks)
def test_any_line_has_an_answer_or_a_reason_or_no_equals_sign(text, is_asked, mark):
    line = f"{text}=" if is_asked else text
    result = outcome(line, mark)
    if isinstance(result, Answer):
        assert set(result.ink) <= SYMBOLS
        assert (result.ink == "") == (result.kind in (Kind.RIGHT, Kind.WRONG))
    elif "=" in line:
        assert isinstance(result, Problem)
    else:
        assert result is None


@given(sums, marks)
def test_a_sum_with_its_answer_is_a_right_equation(text, mark):
    answer = outcome(f"{text}=", mark)
    if isinstance(answer, Answer) and len(answer.equation) <= MAX_SYMBOLS:
        assert answer.kind is Kind.ANSWER
        checked = work_out(answer.equation, mark)
        assert (checked.kind, checked.value) == (Kind.RIGHT, answer.value)


@given(sums, marks)
def test_the_preview_is_what_the_equals_sign_would_give(text, mark):
    preview = work_out(text, mark)
    if preview:
        assert work_out(f"{text}=", mark) == replace(preview, kind=Kind.ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        "9×" * 99 + "9=",
        "1/7+" * 49 + "1=",
        "1/" + "9" * 196 + "=",
        "1÷" + str(2**650) + "=",
        "1÷" + str(10**195 + 7) + "=",
        ".5×" * 66 + "1=",
        "-" * 198 + "1=",
        "(" * 99 + "1" + ")" * 99 + "=",
        "0.1(6)=" * 28,
        "1÷3=" + "3" * 190 + "...",
        "÷".join(str(prime) for prime in (1, *range(11, 75))) + "=",
        "." * 199 + "=",
        "1,111" * 39 + "=",
        "1." * 99 + "=",
    ],
)
def test_the_largest_sums_take_less_than_half_a_second(text):
    assert len(text) <= MAX_SYMBOLS
    start = time.perf_counter()
    assert outcome(text)
    assert time.perf_counter() - start < 0.5


def test_the_value_is_exact():
    answer = work_out("0.1+0.2=")
    assert (answer.value, answer.ink) == (Fraction(3, 10), "0.3")
    assert answer.value == evaluate(parse("3÷10", "."))
