"""Teaching: learned at once, stored, undone, saved to a file and loaded from it."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.draw.test_numbers import python
from tests.browser.support.drawing import DRAWN_DIGITS, draw, expect_digit, reload

READ_RECORDS = """
() => new Promise((resolve) => {
  indexedDB.open("offline-digits-taught").onsuccess = ({ target: { result } }) => {
    const all = result.transaction("examples").objectStore("examples").getAll();
    all.onsuccess = () => { result.close(); resolve(all.result); };
  };
})
"""
DAMAGE = """
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
STRANGE = """
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
FORGET = """
() => new Promise((resolve) => {
  indexedDB.open("offline-digits-taught").onsuccess = ({ target: { result } }) => {
    const transaction = result.transaction("examples", "readwrite");
    transaction.objectStore("examples").clear();
    transaction.oncomplete = () => { result.close(); resolve(); };
  };
})
"""
LOAD_AGAIN = """
from digits.page import main
main.page._run(main.page._use_published_model())
"""
NO_PUT = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('no'); }; }"


def mirrored(label):
    return [[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]


def turned(label):
    return [[(y, 1 - x) for x, y in stroke] for stroke in DRAWN_DIGITS[label]]


def say_it_is(page, label):
    """Press the right answer, once the page has learned the stored examples."""
    page.locator("#teach[data-examples]").wait_for()
    page.locator(f"#bars button[value='{label}']").click()


def redraw(page, strokes):
    page.locator("#clear").click()
    expect_digit(page, "")
    draw(page, strokes)


@pytest.fixture
def pupil(app):
    """A page with a mirrored 3, which is misread."""
    draw(app, mirrored("3"))
    expect(app.locator("#digit")).not_to_be_empty()
    assert app.locator("#digit").inner_text() != "3"
    yield app
    app.evaluate(FORGET)


def test_one_tap_teaches_and_the_example_survives_a_reload(pupil):
    say_it_is(pupil, "3")
    expect_digit(pupil, "3")
    expect(pupil.locator("#lesson")).to_have_text("Learned: this is 3.")
    expect(pupil.locator("#doubt")).to_have_text("As you taught it")
    redraw(pupil, [[(x * 0.9, y * 0.95) for x, y in stroke] for stroke in mirrored("3")])
    expect_digit(pupil, "3")
    reload(pupil)
    expect_digit(pupil, "3")
    for label in "17":  # digits that were not taught are read as before
        redraw(pupil, DRAWN_DIGITS[label])
        expect_digit(pupil, label)
        expect(pupil.locator("#doubt")).to_be_empty()


def test_the_last_correction_counts_and_can_be_undone(pupil):
    was = pupil.locator("#digit").inner_text()
    say_it_is(pupil, "5")
    expect_digit(pupil, "5")
    say_it_is(pupil, "3")
    expect_digit(pupil, "3")
    (record,) = pupil.evaluate(READ_RECORDS)
    assert record["label"] == "3"
    undo = pupil.locator("#unteach")
    undo.click()
    expect_digit(pupil, "5")
    undo.click()
    expect_digit(pupil, was)
    expect(pupil.locator("#lesson")).to_have_text("Undone.")
    expect(undo).to_be_hidden()
    assert pupil.evaluate(READ_RECORDS) == []


def test_a_right_answer_is_not_taught(app):
    draw(app, DRAWN_DIGITS["7"])
    expect_digit(app, "7")
    say_it_is(app, "7")
    expect(app.locator("#lesson")).to_have_text("It already reads this as 7.")
    expect(app.locator("#unteach")).to_be_hidden()
    app.locator("#clear").click()
    expect(app.locator("#lesson")).to_be_empty()
    expect(app.locator("#bars button").first).to_be_disabled()


def test_bars_are_pressed_from_the_keyboard(pupil):
    pupil.locator("#teach[data-examples]").wait_for()
    pupil.locator("#bars button[value='3']").focus()
    pupil.keyboard.press("Enter")
    expect_digit(pupil, "3")


def test_examples_are_listed_forgotten_saved_and_loaded(pupil, tmp_path):
    say_it_is(pupil, "3")
    expect_digit(pupil, "3")
    redraw(pupil, turned("4"))
    expect(pupil.locator("#digit")).not_to_be_empty()
    say_it_is(pupil, "4")
    expect_digit(pupil, "4")
    pupil.locator("#taught > summary").click()
    items = pupil.locator("#taught-list button")
    expect(items).to_have_text(["4", "3"])
    with pupil.expect_download() as saved:
        pupil.locator("#taught-export").click()
    file = tmp_path / "taught.json"
    saved.value.save_as(file)
    assert [each["label"] for each in json.loads(file.read_text())["examples"]] == ["3", "4"]

    pupil.get_by_role("button", name="Forget this 4").click()
    expect(items).to_have_text(["3"])
    expect(pupil.locator("#digit")).not_to_have_text("4")
    pupil.locator("#taught-forget").click()
    expect(items).to_have_count(0)
    expect(pupil.locator("#taught-news")).to_have_text("Forgotten: 1.")
    pupil.locator("#taught-undo").click()
    expect(items).to_have_text(["3"])

    for _ in range(2):  # known examples are not learned twice
        pupil.locator("#taught-chooser").set_input_files(file)
        expect(items).to_have_text(["4", "3"])
    expect(pupil.locator("#taught-news")).to_have_text("Learned from the file: 0.")
    expect_digit(pupil, "4")
    reload(pupil)
    expect_digit(pupil, "4")


def test_another_tab_follows_what_is_taught_undone_and_forgotten(pupil):
    was = pupil.locator("#digit").inner_text()
    other = pupil.context.new_page()
    other.goto(pupil.url)
    other.locator("#teach[data-examples]").wait_for()
    draw(other, mirrored("3"))
    expect_digit(other, was)
    other.locator("#taught > summary").click()
    items = other.locator("#taught-list button")

    say_it_is(pupil, "3")
    expect_digit(other, "3")
    expect(items).to_have_text(["3"])
    pupil.locator("#unteach").click()
    expect_digit(other, was)
    expect(items).to_have_count(0)
    say_it_is(pupil, "3")
    expect_digit(other, "3")

    other.locator("#taught-forget").click()
    expect_digit(pupil, was)
    expect(pupil.locator("#lesson")).to_be_empty()
    pupil.locator("#unteach").click()  # the example is gone already: nothing breaks
    expect(pupil.locator("#lesson")).to_have_text("Undone.")
    expect_digit(pupil, was)
    other.locator("#taught-undo").click()
    expect_digit(pupil, "3")

    pupil.bring_to_front()  # a tab behind another is slow to draw on
    pupil.evaluate(NO_PUT)
    redraw(pupil, turned("4"))
    say_it_is(pupil, "4")
    expect(pupil.locator("#lesson")).to_contain_text("until you close the page")
    say_it_is(other, "8")
    expect_digit(other, "8")
    expect(pupil.locator("#lesson")).to_be_empty()
    redraw(pupil, turned("4"))
    expect_digit(pupil, "4")  # what could not be stored stays in use
    other.close()


@pytest.mark.parametrize("content", ["{", "{}", '{"format": "offline-digits-examples"}'])
def test_a_file_that_holds_no_examples_changes_nothing(app, tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(content)
    app.locator("#taught > summary").click()
    app.locator("#taught-chooser").set_input_files(file)
    expect(app.locator("#taught-news")).to_contain_text("The file was not used")
    expect(app.locator("#taught-count")).to_contain_text("Nothing yet")


def test_a_file_that_is_chosen_before_the_panel_listens_is_taken(app, tmp_path):
    file = tmp_path / "other.json"
    file.write_text("{")
    app.locator("#taught-chooser").set_input_files(file)
    app.locator("#taught > summary").click()
    expect(app.locator("#taught-news")).to_contain_text("The file was not used")


def test_a_damaged_example_stays_stored_but_unused_until_all_are_forgotten(pupil):
    say_it_is(pupil, "3")
    expect_digit(pupil, "3")
    pupil.evaluate(DAMAGE)
    redraw(pupil, turned("4"))
    say_it_is(pupil, "4")
    expect_digit(pupil, "4")
    reload(pupil)
    expect(pupil.locator("#lesson")).to_contain_text("can't read: 1.")
    expect_digit(pupil, "4")
    assert [record["label"] for record in pupil.evaluate(READ_RECORDS)] == ["3", "4"]
    pupil.locator("#taught > summary").click()
    pupil.locator("#taught-forget").click()
    expect(pupil.locator("#taught-news")).to_have_text("Forgotten: 2.")
    assert pupil.evaluate(READ_RECORDS) == []


def test_records_of_any_other_form_are_left_out(pupil):
    pupil.locator("#teach[data-examples]").wait_for()
    pupil.evaluate(STRANGE)
    reload(pupil)
    expect(pupil.locator("#lesson")).to_contain_text("can't read: 8.")
    say_it_is(pupil, "3")
    expect_digit(pupil, "3")


def test_an_example_that_is_not_stored_stays_in_use_when_the_model_is_loaded_again(pupil):
    pupil.locator("#teach[data-examples]").wait_for()
    pupil.evaluate(NO_PUT)
    say_it_is(pupil, "3")
    expect(pupil.locator("#lesson")).to_contain_text("until you close the page")
    expect_digit(pupil, "3")
    pupil.locator("#teach").evaluate("(element) => { delete element.dataset.examples; }")
    python(pupil, LOAD_AGAIN)
    pupil.locator("#teach[data-examples='1']").wait_for()
    expect_digit(pupil, "3")
    pupil.locator("#taught > summary").click()
    expect(pupil.locator("#taught-list button")).to_have_text(["3"])
