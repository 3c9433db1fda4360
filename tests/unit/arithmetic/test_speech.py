"""Answers in words, in both languages."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from digits import arithmetic
from digits.arithmetic.answer import Answer, work_out
from digits.arithmetic.errors import Problem
from digits.arithmetic.speech import spoken
from digits.words import TEXTS, Words
from tests.unit.arithmetic.random_sums import lines
from tests.unit.arithmetic.test_answer import marks, outcome

SOURCES = Path(arithmetic.__file__).parent.glob("*.py")


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("12+7=", "12 plus 7 equals 19", "12 加 7 等于 19"),
        ("12+7", "12 plus 7 equals 19", "12 加 7 等于 19"),
        ("-5--3=", "minus 5 minus minus 3 equals minus 2", "负 5 减 负 3 等于 负 2"),
        ("4×3÷2:1=", "4 times 3 divided by 2 divided by 1 equals 6",
         "4 乘 3 除以 2 除以 1 等于 6"),
        ("2(3-1)=", "2 open bracket 3 minus 1 close bracket equals 4",
         "2 左括号 3 减 1 右括号 等于 4"),
        ("1/3=", "1 over 3 equals 0.3, with 3 repeating", "3 分之 1 等于 0.3，3 循环"),
        ("1/6=", "1 over 6 equals 0.16, with 6 repeating", "6 分之 1 等于 0.16，6 循环"),
        ("1÷7=", "1 divided by 7 equals 1 over 7 equals 0.142857, with 1 4 2 8 5 7 repeating",
         "1 除以 7 等于 7 分之 1 等于 0.142857，1 4 2 8 5 7 循环"),
        ("8/4/2=", "8 divided by 4 divided by 2 equals 1", "8 除以 4 除以 2 等于 1"),
        ("2/97=", "2 over 97 equals 0.02061855670 and so on", "97 分之 2 等于 0.02061855670 等等"),
        ("1,5+5.=", "1,5 plus 5 equals 6.5", "1,5 加 5 等于 6.5"),
        ("1,000.(3)×3=", "1,000.3, with 3 repeating times 3 equals 3001",
         "1,000.3，3 循环 乘 3 等于 3001"),
        ("0.5(20)=", "0.5 open bracket 20 close bracket equals 10",
         "0.5 左括号 20 右括号 等于 10"),
        ("12+7=19", "That's right.", "算对了。"),
        ("12+7=20", "Not quite: 12 plus 7 equals 19", "不对：12 加 7 等于 19"),
        ("3=0.4...", "Not quite: 3 does not equal 0.4 and so on", "不对：3 不等于 0.4 等等"),
    ],
)  # fmt: skip
def test_an_answer_is_spoken_in_words(text, english, chinese):
    answer = work_out(text)
    assert spoken(answer, Words("en").say) == english
    assert spoken(answer, Words("zh").say) == chinese


@given(lines, marks)
def test_a_spoken_answer_contains_no_signs(text, mark):
    answer = outcome(text, mark)
    if isinstance(answer, Answer):
        for language in TEXTS:
            assert not set(spoken(answer, Words(language).say)) & set("+-×÷=≠/()…")


@pytest.mark.parametrize("language", TEXTS)
def test_each_problem_has_its_own_text(language):
    assert len({Words(language).say(problem) for problem in Problem}) == len(Problem)


def test_every_key_in_the_code_has_a_text_and_every_text_is_used():
    used = {key for file in SOURCES for key in re.findall(r'"(sum_\w+)"', file.read_text("utf-8"))}
    assert used == {key for key in TEXTS["en"] if key.startswith("sum_")}
