"""What a screen reader announces by itself, and the page's accessibility tree in each state."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import draw_number, run_python
from tests.browser.draw.test_page import SCRIBBLE
from tests.browser.panels.test_teaching import DELETE_EXAMPLES, mirrored, redraw, teach_label
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, reload

# Records the texts of live regions, which screen readers announce when they change.
RECORD_SPEECH = """() => {
  window.speech = [];
  const live = document.querySelectorAll("output, [aria-live], [role=status], [role=alert]");
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) speech.push(target.textContent);
  });
  for (const element of live) observer.observe(element, { childList: true, subtree: true });
}"""
STORE_LANGUAGE = "language => localStorage.setItem('offline-digits-language', language)"
# Makes the next reading fail.
BREAK_READING = "from digits.page import main; main.page.app.recogniser = 'no recogniser'"
# The line of a button in an accessibility tree, with the button's name.
BUTTON = re.compile(r"""^\s*- '?button "((?:[^"\\]|\\.)*)\"""", re.MULTILINE)

# The accessibility tree in each state, as `to_match_aria_snapshot` expects it.
EMPTY = """
- banner:
  - heading "Offline Digits" [level=1]
  - paragraph: /Works offline\\. Nothing leaves this device\\./
- main:
  - application "Sheet to draw a digit, a number or a sum on"
  - paragraph: Draw a digit, a number, or a sum such as 12+7=
  - button "Undo" [disabled]
  - button "Clear" [disabled]
  - group /How sure the model is of each digit/:
    - list:
      - listitem:
        - button "Teach that this is a 0" [disabled]
      - listitem: none
- region "More":
  - group:
    - heading "Why this answer?" [level=2]
  - group:
    - heading "What you taught it" [level=2]
  - group:
    - heading "Numbers read so far" [level=2]
  - group:
    - heading "The model on this device" [level=2]
  - group:
    - heading "How this works" [level=2]
- contentinfo:
  - paragraph: /Ready to work offline/
- status
"""
ONE_DIGIT = """
- main:
  - button "Undo"
  - button "Clear"
  - group "Answer": "3"
  - button "Copy"
  - group /How sure the model is/:
    - list:
      - listitem:
        - button "Teach that this is a 3"
      - listitem:
        - button "Teach that this is an 8"
      - listitem: /none \\d+%/
  - paragraph: Wrong? Tap the right digit or sign, and it learns.
  - figure "What the model sees"
- status: "3"
"""
NUMBER = """
- main:
  - group "Answer": "27"
  - 'radiogroup "What was read: choose a digit or sign to look into or to teach"':
    - 'radio "1 of 2: 2"'
    - 'radio "2 of 2: 7" [checked]'
"""
DOUBT = """
- main:
  - group "Answer"
  - paragraph: This doesn't look like a digit or sign.
- status: /This doesn't look like a digit or sign\\.$/
"""
TAUGHT = """
- main:
  - group "Answer": "3"
  - paragraph: As you taught it
  - paragraph: "Learned: this is 3."
  - 'button "Undo lesson: 3"'
- status: /As you taught it$/
"""
TAUGHT_IN_CHINESE = """
- banner:
  - heading "离线数字" [level=1]
- main:
  - button "撤销"
  - group "识别结果": "3"
  - paragraph: 按你教的来认
  - group /模型对每个数字和符号有多大把握/:
    - list:
      - listitem:
        - button "教它这是 3"
      - listitem: /都不是 \\d+%/
- region "更多":
  - group:
    - heading "你教它的" [level=2]
"""
FAILURE = """
- alert:
  - paragraph: /Something in this page broke/
  - button "Try again"
"""
PANELS = {
    "why": """
- heading "Why this answer?" [level=2]
- paragraph: /It says 3/
- figure "What the model sees, pixel by pixel"
- group:
  - heading "What each layer sees" [level=3]
""",
    "taught": """
- heading "What you taught it" [level=2]
- paragraph: /Nothing yet/
- button "Save to a file" [disabled]
- button "Undo the last change" [disabled]
""",
    "history": """
- heading "Numbers read so far" [level=2]
- list "Numbers read so far":
  - listitem:
    - button "Copy 7 (entry 1)"
  - listitem:
    - button "Copy 7 (entry 2)"
- button "Clear history"
""",
    "model": """
- heading "The model on this device" [level=2]
- button "Check for an update"
""",
    "about": """
- heading "How this works" [level=2]
- list:
  - listitem:
    - heading "The page opens" [level=3]
- group:
  - heading "The files of this page" [level=3]
""",
}
"""The accessibility tree of each panel, while the page shows a 3 and the history has a 7 twice."""
# Deletes the stored history and language.
DELETE_HISTORY_AND_LANGUAGE = (
    "['history', 'language'].map((key) => localStorage.removeItem(`offline-digits-${key}`))"
)
# Stores a history that contains a 7 twice.
STORE_HISTORY = "localStorage.setItem('offline-digits-history', '[[\"7\",1,true],[\"7\",2,true]]')"


def expect_tree(page, tree):
    """Expect the tree in the page, and that no two buttons have the same name."""
    expect(page.locator("body")).to_match_aria_snapshot(tree)
    names = BUTTON.findall(page.locator("body").aria_snapshot())
    assert len(names) > 5
    assert len(set(names)) == len(names), sorted(names)


@pytest.fixture
def ready_page(app):
    """Yield the page once it is stored for offline use and has loaded the taught examples.

    Afterwards, delete the examples, the history and the language.
    """
    app.locator("#offline[data-state=offline_ready]").wait_for()
    app.locator("#teach[data-examples]").wait_for()
    yield app
    app.evaluate(DELETE_EXAMPLES)
    app.evaluate(DELETE_HISTORY_AND_LANGUAGE)


def test_each_state_has_its_tree_and_a_digit_and_a_lesson_are_announced_once(ready_page):
    page = ready_page
    expect_tree(page, EMPTY)
    page.evaluate(RECORD_SPEECH)
    draw(page, DRAWN_DIGITS["3"])
    expect_tree(page, ONE_DIGIT)
    assert page.evaluate("speech") == ["3"]

    page.evaluate(STORE_HISTORY)
    for panel, tree in PANELS.items():
        page.locator(f"#{panel} > summary").click()
        expect(page.locator(f"#{panel}")).to_match_aria_snapshot(tree)
        expect_tree(page, "- main")
    page.locator("#about > summary").click()

    page.locator("#clear").click()
    draw_number(page, "27")
    expect_tree(page, NUMBER)
    redraw(page, [[(0.2 + 0.6 * x, 0.2 + 0.6 * y) for x, y in SCRIBBLE]])
    expect_tree(page, DOUBT)
    redraw(page, mirrored("3"))
    teach_label(page, "3")
    expect_tree(page, TAUGHT)
    assert " ".join(page.evaluate("speech")).count("Learned") == 1

    page.evaluate(STORE_LANGUAGE, "zh")
    reload(page)
    expect_tree(page, TAUGHT_IN_CHINESE)
    page.evaluate(STORE_LANGUAGE, "en")
    reload(page)
    expect_digit(page, "3")
    run_python(page, BREAK_READING)
    draw(page, [[(0.9, 0.9), (0.95, 0.95)]])
    expect_tree(page, FAILURE)
