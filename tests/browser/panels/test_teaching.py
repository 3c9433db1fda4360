"""Teaching: examples are learned, stored, undone, forgotten, saved to a file and loaded."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import run_python
from tests.browser.panels.test_explanation import CANVAS_DIGEST
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, reload

# Returns the stored examples.
READ_RECORDS = """
() => new Promise((resolve) => {
  indexedDB.open("offline-digits-taught").onsuccess = ({ target: { result } }) => {
    const all = result.transaction("examples").objectStore("examples").getAll();
    all.onsuccess = () => { result.close(); resolve(all.result); };
  };
})
"""
# Changes a pixel of the oldest stored example.
DAMAGE_FIRST_RECORD = """
() => new Promise((resolve) => {
  indexedDB.open("offline-digits-taught").onsuccess = ({ target: { result } }) => {
    const transaction = result.transaction("examples", "readwrite");
    const request = transaction.objectStore("examples").openCursor();
    request.onsuccess = () => {
      request.result.value.pixels[300] ^= 85;
      request.result.update(request.result.value);
      request.onsuccess = null;
    };
    transaction.oncomplete = () => { result.close(); resolve(); };
  };
})
"""
# Stores eight records that are not valid examples.
STORE_INVALID_RECORDS = """
async () => {
  const opened = indexedDB.open("offline-digits-taught");
  await new Promise((done) => { opened.onsuccess = done; });
  const transaction = opened.result.transaction("examples", "readwrite");
  const store = transaction.objectStore("examples");
  const pixels = new Uint8Array(784);
  let deep = [];
  for (let depth = 0; depth < 500; depth++) deep = [deep];
  const records = [{}, "text", { label: "3" }, { label: deep, pixels, check: 0 },
    { label: "3", pixels: deep }, { label: "3", pixels: new Uint8Array(1e6) }];
  records.forEach((record, key) => store.put(record, key));
  for (const key of ["a text", -Infinity]) store.put({ label: "3", pixels, check: 0 }, key);
  await new Promise((done) => { transaction.oncomplete = done; });
  opened.result.close();
}
"""
# Deletes all stored examples.
DELETE_EXAMPLES = """
() => new Promise((resolve) => {
  indexedDB.open("offline-digits-taught").onsuccess = ({ target: { result } }) => {
    const transaction = result.transaction("examples", "readwrite");
    transaction.objectStore("examples").clear();
    transaction.oncomplete = () => { result.close(); resolve(); };
  };
})
"""
RELOAD_MODEL = """
from digits.page import main
main.page._run(main.page._use_published_model())
"""
# Makes storing in IndexedDB fail.
FAIL_PUT = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('no'); }; }"

# Makes runs that compute the features of examples fail.
FAIL_LEARNING = """
from digits.page import main
from offline_onnx.errors import SessionError

class FailingSession:
    def __init__(self, session):
        self.session = session
    async def run(self, inputs, outputs=None):
        if list(outputs or ()) == ["features"]:
            raise SessionError("no memory")
        return await self.session.run(inputs, outputs)

model = main.page.app.recogniser.model
model.__dict__["session"] = FailingSession(model.session)
"""
# Records all numbers that the page shows.
RECORD_NUMBERS = """window.numbers = [];
addEventListener("DOMContentLoaded", () => {
  const number = document.querySelector("#digit");
  const record = () => numbers.push(number.textContent);
  new MutationObserver(record).observe(number, { childList: true });
});"""


def mirrored(label):
    """Return the strokes of a digit, mirrored left to right."""
    return [[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]


def rotated(label):
    """Return the strokes of a digit, rotated by 90 degrees."""
    return [[(y, 1 - x) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]


def teach_label(page, label):
    """Press the bar with this label, once the page has loaded the stored examples."""
    page.locator("#teach[data-examples]").wait_for()
    page.locator(f"#bars button[value='{label}']").click()


def redraw(page, strokes):
    """Clear the sheet, wait until no number is shown, and draw these strokes."""
    page.locator("#clear").click()
    expect_digit(page, "")
    draw(page, strokes)


def draw_misread(page):
    """Draw a mirrored 3, which the page misreads."""
    draw(page, mirrored("3"))
    expect(page.locator("#doubt")).not_to_be_empty()  # it is shown once the pen rests
    assert page.locator("#digit").inner_text() != "3"


@pytest.fixture
def misread_page(shared_app):
    """Yield the page of `shared_app`, with a mirrored 3 on the sheet, which it misreads."""
    draw_misread(shared_app)
    yield shared_app
    shared_app.evaluate(DELETE_EXAMPLES)


@pytest.fixture
def own_misread_page(app):
    """Yield a page like `misread_page`, but in a tab of its own, so that a test can reload it."""
    draw_misread(app)
    yield app
    app.evaluate(DELETE_EXAMPLES)


def test_one_tap_teaches_and_the_example_survives_a_reload(own_misread_page):
    teach_label(own_misread_page, "3")
    expect_digit(own_misread_page, "3")
    expect(own_misread_page.locator("#lesson")).to_have_text("Learned: this is 3.")
    expect(own_misread_page.locator("#doubt")).to_have_text("As you taught it")
    redraw(own_misread_page, [[(x * 0.9, y * 0.95) for x, y in stroke] for stroke in mirrored("3")])
    expect_digit(own_misread_page, "3")
    own_misread_page.add_init_script(RECORD_NUMBERS)
    reload(own_misread_page)
    expect_digit(own_misread_page, "3")
    # The page never showed the model's own answer.
    assert own_misread_page.evaluate("numbers") == ["3"]
    for label in "17":  # digits that were not taught are read as before
        redraw(own_misread_page, DRAWN_DIGITS[label])
        expect_digit(own_misread_page, label)
        expect(own_misread_page.locator("#doubt")).to_be_empty()


def test_the_latest_correction_counts_and_can_be_undone(misread_page):
    first_label = misread_page.locator("#digit").inner_text()
    teach_label(misread_page, "5")
    expect_digit(misread_page, "5")
    teach_label(misread_page, "3")
    expect_digit(misread_page, "3")
    (record,) = misread_page.evaluate(READ_RECORDS)
    assert record["label"] == "3"
    undo = misread_page.locator("#unteach")
    undo.click()
    expect_digit(misread_page, "5")
    undo.click()
    expect_digit(misread_page, first_label)
    expect(misread_page.locator("#lesson")).to_have_text("Undone.")
    expect(undo).to_be_hidden()
    assert misread_page.evaluate(READ_RECORDS) == []


def test_a_lesson_can_be_undone_after_its_drawing_is_gone(shared_app):
    undo_lesson = shared_app.get_by_role("button", name="Undo lesson: 1")
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    teach_label(shared_app, "1")  # by mistake
    expect_digit(shared_app, "1")
    expect(shared_app.get_by_text("Learned: this is 1.")).to_have_count(1)
    for _ in DRAWN_DIGITS["7"]:
        shared_app.get_by_role("button", name="Undo", exact=True).click()
    expect_digit(shared_app, "")
    expect(shared_app.locator("#lesson")).to_be_empty()
    draw(shared_app, DRAWN_DIGITS["4"])
    expect_digit(shared_app, "4")
    expect(shared_app.locator("#teach-hint")).to_be_visible()
    shared_app.locator("#clear").click()
    expect_digit(shared_app, "")
    undo_lesson.click()
    expect(shared_app.locator("#lesson")).to_have_text("Undone.")
    expect(undo_lesson).to_be_hidden()
    assert shared_app.evaluate(READ_RECORDS) == []


def test_the_keyboard_undoes_actions_of_all_kinds(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    teach_label(shared_app, "1")
    expect_digit(shared_app, "1")
    shared_app.locator("#taught > summary").click()
    shared_app.locator("#taught-forget").click()
    expect_digit(shared_app, "7")
    shared_app.locator("#clear").click()
    expect_digit(shared_app, "")
    for shown in ("7", "1", "7"):  # undoes the clearing, then the forgetting, then the teaching
        shared_app.keyboard.press("Control+z")
        expect_digit(shared_app, shown)
    for _ in DRAWN_DIGITS["7"]:
        shared_app.keyboard.press("Meta+z")
    expect_digit(shared_app, "")
    expect(shared_app.locator("#taught-count")).to_contain_text("Nothing yet")
    assert shared_app.evaluate(READ_RECORDS) == []


def test_the_panel_shows_the_example_that_decided_the_answer(misread_page):
    expect_digit(misread_page, "?")
    lesson = misread_page.locator("#why-lesson")
    misread_page.locator("#why > summary").click()
    misread_page.locator("#explanation[aria-busy=false]").wait_for()
    expect(lesson).to_be_hidden()
    teach_label(misread_page, "3")
    expect(lesson).to_contain_text("You taught it this 3")
    expect(misread_page.locator("#why-taught")).to_have_text(
        re.compile(r"Without your lesson, it would say that this is no digit\.$")
    )
    example, drawing = (misread_page.locator(f"#{each}").evaluate(CANVAS_DIGEST)
                        for each in ("why-example", "why-seen"))  # fmt: skip
    assert example == drawing != ""
    redraw(misread_page, DRAWN_DIGITS["7"])
    expect(misread_page.locator("#why-said")).to_contain_text("It says 7")
    expect(lesson).to_be_hidden()


def test_a_correctly_read_digit_is_not_taught(shared_app):
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    teach_label(shared_app, "7")
    expect(shared_app.locator("#lesson")).to_have_text("It already reads this as 7.")
    expect(shared_app.locator("#unteach")).to_be_hidden()
    shared_app.locator("#clear").click()
    expect(shared_app.locator("#lesson")).to_be_empty()
    expect(shared_app.locator("#bars button").first).to_be_disabled()


def test_a_bar_can_be_pressed_with_the_keyboard(misread_page):
    misread_page.locator("#teach[data-examples]").wait_for()
    misread_page.locator("#bars button[value='3']").focus()
    misread_page.keyboard.press("Enter")
    expect_digit(misread_page, "3")


def test_examples_are_listed_forgotten_saved_and_loaded(own_misread_page, tmp_path):
    teach_label(own_misread_page, "3")
    expect_digit(own_misread_page, "3")
    redraw(own_misread_page, rotated("4"))
    expect(own_misread_page.locator("#digit")).not_to_be_empty()
    teach_label(own_misread_page, "4")
    expect_digit(own_misread_page, "4")
    own_misread_page.locator("#taught > summary").click()
    items = own_misread_page.locator("#taught-list button")
    expect(items).to_have_text(["4", "3"])
    with own_misread_page.expect_download() as saved:
        own_misread_page.locator("#taught-export").click()
    file = tmp_path / "taught.json"
    saved.value.save_as(file)
    assert [each["label"] for each in json.loads(file.read_text())["examples"]] == ["3", "4"]

    own_misread_page.get_by_role("button", name="Forget this 4").click()
    expect(items).to_have_text(["3"])
    expect(own_misread_page.locator("#digit")).not_to_have_text("4")
    own_misread_page.locator("#taught-forget").click()
    expect(items).to_have_count(0)
    expect(own_misread_page.locator("#taught-news")).to_have_text("Examples forgotten: 1.")
    own_misread_page.locator("#taught-undo").click()
    expect(items).to_have_text(["3"])

    for _ in range(2):  # known examples are not learned twice
        own_misread_page.locator("#taught-chooser").set_input_files(file)
        expect(items).to_have_text(["4", "3"])
    expect(own_misread_page.locator("#taught-news")).to_have_text("Learned from the file: 0.")
    expect_digit(own_misread_page, "4")
    reload(own_misread_page)
    expect_digit(own_misread_page, "4")


def test_another_tab_follows_every_change_of_the_examples(own_misread_page, shared_app):
    first_label = own_misread_page.locator("#digit").inner_text()
    other = shared_app
    draw(other, mirrored("3"))
    expect_digit(other, first_label)
    other.locator("#taught > summary").click()
    items = other.locator("#taught-list button")

    teach_label(own_misread_page, "3")
    expect_digit(other, "3")
    expect(items).to_have_text(["3"])
    own_misread_page.locator("#unteach").click()
    expect_digit(other, first_label)
    expect(items).to_have_count(0)
    teach_label(own_misread_page, "3")
    expect_digit(other, "3")

    other.locator("#taught-forget").click()
    expect_digit(own_misread_page, first_label)
    expect(own_misread_page.locator("#lesson")).to_be_empty()
    own_misread_page.locator("#unteach").click()  # the other tab has already deleted the example
    expect(own_misread_page.locator("#lesson")).to_have_text("Undone.")
    expect_digit(own_misread_page, first_label)
    other.locator("#taught-undo").click()
    expect_digit(own_misread_page, "3")

    own_misread_page.bring_to_front()  # drawing in a background tab is slow
    own_misread_page.evaluate(FAIL_PUT)
    redraw(own_misread_page, rotated("4"))
    teach_label(own_misread_page, "4")
    expect(own_misread_page.locator("#lesson")).to_contain_text("until you close the page")
    teach_label(other, "8")
    expect_digit(other, "8")
    expect(own_misread_page.locator("#lesson")).to_be_empty()
    redraw(own_misread_page, rotated("4"))
    expect_digit(own_misread_page, "4")  # the example that could not be stored is still used


def test_a_file_without_examples_is_not_used(shared_app, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"format": "offline-digits-examples"}')
    shared_app.locator("#taught > summary").click()
    shared_app.locator("#taught-chooser").set_input_files(file)
    expect(shared_app.locator("#taught-news")).to_contain_text("The file was not used")
    expect(shared_app.locator("#taught-count")).to_contain_text("Nothing yet")


def test_the_panel_keeps_its_message_until_a_lesson_is_reported_beside_the_bars(
    shared_app, tmp_path
):
    file = tmp_path / "other.json"
    file.write_text("{")
    news = shared_app.locator("#taught-news")
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    shared_app.locator("#taught > summary").click()
    shared_app.locator("#taught-chooser").set_input_files(file)
    expect(news).to_contain_text("The file was not used")
    shared_app.locator("#clear").click()
    expect(shared_app.locator("#bars button").first).to_be_disabled()
    expect(news).to_contain_text("The file was not used")
    draw(shared_app, DRAWN_DIGITS["7"])
    expect_digit(shared_app, "7")
    teach_label(shared_app, "7")
    expect(shared_app.locator("#lesson")).to_have_text("It already reads this as 7.")
    expect(news).to_be_empty()


def test_a_file_chosen_before_the_panel_is_opened_is_read_when_it_opens(app, tmp_path):
    file = tmp_path / "other.json"
    file.write_text("{")
    app.locator("#taught-chooser").set_input_files(file)
    app.locator("#taught > summary").click()
    expect(app.locator("#taught-news")).to_contain_text("The file was not used")


def test_a_damaged_example_stays_stored_but_unused_until_all_are_forgotten(own_misread_page):
    teach_label(own_misread_page, "3")
    expect_digit(own_misread_page, "3")
    own_misread_page.evaluate(DAMAGE_FIRST_RECORD)
    redraw(own_misread_page, rotated("4"))
    teach_label(own_misread_page, "4")
    expect_digit(own_misread_page, "4")
    reload(own_misread_page)
    expect(own_misread_page.locator("#lesson")).to_contain_text("can't read: 1.")
    expect_digit(own_misread_page, "4")
    assert [record["label"] for record in own_misread_page.evaluate(READ_RECORDS)] == ["3", "4"]
    own_misread_page.locator("#taught > summary").click()
    own_misread_page.locator("#taught-forget").click()
    expect(own_misread_page.locator("#taught-news")).to_have_text("Examples forgotten: 2.")
    assert own_misread_page.evaluate(READ_RECORDS) == []


def test_invalid_records_are_not_used(own_misread_page):
    own_misread_page.locator("#teach[data-examples]").wait_for()
    own_misread_page.evaluate(STORE_INVALID_RECORDS)
    reload(own_misread_page)
    expect(own_misread_page.locator("#lesson")).to_contain_text("can't read: 8.")
    teach_label(own_misread_page, "3")
    expect_digit(own_misread_page, "3")


def test_an_example_that_can_not_be_stored_is_used_after_the_model_is_reloaded(own_misread_page):
    own_misread_page.locator("#teach[data-examples]").wait_for()
    own_misread_page.evaluate(FAIL_PUT)
    teach_label(own_misread_page, "3")
    expect(own_misread_page.locator("#lesson")).to_contain_text("until you close the page")
    expect_digit(own_misread_page, "3")
    own_misread_page.locator("#teach").evaluate("(element) => { delete element.dataset.examples; }")
    run_python(own_misread_page, RELOAD_MODEL)
    own_misread_page.locator("#teach[data-examples='1']").wait_for()
    expect_digit(own_misread_page, "3")
    own_misread_page.locator("#taught > summary").click()
    expect(own_misread_page.locator("#taught-list button")).to_have_text(["3"])


def test_a_change_that_is_neither_stored_nor_learned_is_reported_and_can_be_undone(
    own_misread_page,
):
    own_misread_page.locator("#taught > summary").click()
    own_misread_page.locator("#teach[data-examples]").wait_for()
    own_misread_page.evaluate(FAIL_PUT)
    run_python(own_misread_page, FAIL_LEARNING)
    teach_label(own_misread_page, "3")
    expect(own_misread_page.locator("#lesson")).to_contain_text("until you close the page")
    expect(own_misread_page.locator("#failure-text")).to_contain_text("no memory")
    expect(own_misread_page.locator("#unteach")).to_be_visible()
    expect(own_misread_page.locator("#taught-list button")).to_have_text(["3"])
