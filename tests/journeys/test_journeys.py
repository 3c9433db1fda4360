"""The journeys: first and later visits, drawing, updates, teaching, and lost or damaged data.

Each journey runs in Chromium, Firefox and WebKit.
"""

import json
from contextlib import suppress

from tests.browser.draw.test_numbers import digit_in_number
from tests.browser.offline.test_model_loading import CHANGE_STORED_MODEL, MANIFEST
from tests.browser.panels.test_teaching import mirrored
from tests.browser.support.drawing import DISPATCH_POINTER_EVENTS, pointer_events
from tests.journeys.steps import (
    clear,
    draw,
    expect_digit,
    expect_origin,
    expect_works,
    open_page,
    reload,
    select_all,
    select_from_the_title_to_the_end,
    wait_until_started,
    wait_until_stored,
)
from tests.support.photos import photo, svg
from tests.support.strokes import DRAWN_DIGITS

GET_STORED_DRAWING = "return sessionStorage.getItem('offline-digits-ink')"
FETCH_STYLE = "return (await fetch('style.css')).text()"
# Records the kinds of pointers that touch the page, such as "mouse" or "touch".
RECORD_POINTERS = """window.pointers = new Set();
addEventListener("pointerdown", (event) => pointers.add(event.pointerType));
addEventListener("touchstart", () => pointers.add("touch"));"""
LOAD_MODEL = """await pyodide.runPythonAsync(`
from digits.page import main
await main.page._use_published_model()
`);"""
"""JavaScript: load the model again in the running page, as if the page had just started."""
EXAMPLES_LOADED = "return 'examples' in document.querySelector('#teach').dataset"


LIST_STORED_DATA = """const all = await Promise.allSettled([
  async () => caches.keys(),
  async () => (await indexedDB.databases()).map(({ name }) => name),
  async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
  async () => Object.keys(localStorage),
].map((list) => list()));
return all.flatMap(({ value }) => value ?? []);"""
"""JavaScript: the names of the caches, databases, service workers and localStorage entries.

It uses `allSettled`, because private windows refuse some kinds of storage.
"""


def change_stored_model(tab, change):
    """Change the stored model, or return its SHA-256 if `change` is None.

    Args:
        tab: a tab with the page.
        change: a change that CHANGE_STORED_MODEL knows, or None.
    """
    script = f"return ({CHANGE_STORED_MODEL})(args[0])"
    values = {"change": change, "sha256": MANIFEST["sha256"]}
    with suppress(RuntimeError):  # WebKitGTK sometimes can't read or store a Blob the first time
        return tab.run(script, values)
    return tab.run(script, values)


def expect_repaired(tab, origin):
    """Expect that the model has this origin, that the page works, and that its model is stored."""
    expect_origin(tab, origin)
    expect_works(tab)
    assert bytes(change_stored_model(tab, None)).hex() == MANIFEST["sha256"]


def correct_digit(tab, label):
    """Click the bar of the right digit, after the page has loaded the taught examples."""
    tab.expect(lambda: tab.run(EXAMPLES_LOADED), True)
    tab.click(f"#bars button[value='{label}']")


def expect_wrong_digit(tab, label):
    """Wait until the page shows a digit other than `label`."""
    tab.expect(lambda: tab.text("#digit") not in ("", label), True)


def install_update(tab):
    """Install the version of the page that `next_site` has; expect that the drawing stays."""
    tab.expect_text("#update", "A new version is ready.")
    assert "next build" not in tab.run(FETCH_STYLE)
    draw(tab, DRAWN_DIGITS["4"])
    expect_digit(tab, "4")
    drawing = tab.run(GET_STORED_DRAWING)
    tab.wait_for_reload(lambda: tab.click("#update-now"))
    wait_until_started(tab)
    assert "next build" in tab.run(FETCH_STYLE)
    expect_digit(tab, "4")
    assert tab.text("#update") == ""
    assert tab.run(GET_STORED_DRAWING) == drawing
    clear(tab)


def teach_mirrored_three(tab):
    """Draw a mirrored 3, which the page misreads, and correct it."""
    draw(tab, mirrored("3"))
    expect_wrong_digit(tab, "3")
    correct_digit(tab, "3")
    expect_digit(tab, "3")
    tab.expect_text("#lesson", "Learned: this is 3.")
    clear(tab)


def expect_taught_until_forgotten(tab):
    """Expect that a mirrored 3 is read as a 3, and misread again after the example is forgotten."""
    draw(tab, mirrored("3"))
    expect_digit(tab, "3")
    tab.click("#taught > summary")
    tab.click("#taught-forget")
    tab.expect_text("#taught-news", "Examples forgotten: 1.")
    expect_wrong_digit(tab, "3")


class Journeys:
    """The journeys of one engine.

    Attributes:
        engine: the key of the engine in tools/env/engines.py.
    """

    engine: str

    def test_a_first_visit_downloads_the_model_and_stores_the_page(self, first_visit):
        assert first_visit.origin.startswith(f"Model {MANIFEST['version']}, downloaded")
        assert first_visit.origin.endswith("and stored on this device.")
        assert first_visit.offline == "Ready to work offline"

    def test_a_first_visit_starts_python_and_creates_a_snapshot(self, first_visit):
        assert first_visit.python == "created"

    def test_a_failed_start_names_the_missing_file(self, first_visit):
        assert "its file built/boot.js, the server answered with status 503" in first_visit.failure

    def test_what_is_drawn_before_python_runs_is_painted_and_read(self, first_visit):
        assert 0.02 < first_visit.painted < 0.2
        assert first_visit.early_digit == "7"

    def test_digits_drawn_with_the_mouse_are_recognised(self, tab):
        for label in "270":
            expect_works(tab, label)

    def test_a_digit_drawn_with_a_finger_is_recognised(self, tab):
        tab.run(RECORD_POINTERS)
        draw(tab, DRAWN_DIGITS["7"], "touch")
        expect_digit(tab, "7")
        assert tab.run("return [...pointers]") == ["touch"]

    def test_digits_are_read_despite_selected_text_and_a_palm_on_the_sheet(self, tab):
        for select in (select_all, select_from_the_title_to_the_end):
            select(tab)
            for index, label in enumerate("74"):
                draw(tab, digit_in_number(label, index, 2))
            expect_digit(tab, "74")
            clear(tab)
        palm = [(0.85, 0.85), (0.87, 0.9)]
        strokes = [(palm, "touch"), *((stroke, "pen") for stroke in DRAWN_DIGITS["7"])]
        events = pointer_events([*strokes, (palm, "touch")])
        tab.run(f"({DISPATCH_POINTER_EVENTS})(args[0])", events)
        expect_digit(tab, "7")
        assert len(json.loads(tab.run(GET_STORED_DRAWING))) == len(DRAWN_DIGITS["7"])

    def test_a_four_digit_number_is_recognised(self, tab):
        for index, label in enumerate("2026"):
            draw(tab, digit_in_number(label, index, 4))
        expect_digit(tab, "2026")
        tab.expect_text("#spoken", "2026")  # a screen reader announces it when the pen rests

    def test_a_digit_in_an_image_file_is_recognised(self, tab, tmp_path):
        file = tmp_path / "seven.png"
        file.write_bytes(photo("7"))
        tab.choose_file("#chooser", file)
        expect_digit(tab, "7")
        tab.expect_shown("#picture")
        drawing = tmp_path / "five.svg"
        drawing.write_bytes(svg("5"))
        tab.choose_file("#chooser", drawing)
        expect_digit(tab, "5")

    def test_a_second_visit_does_not_request_the_model(self, second_visit):
        assert second_visit.origin.endswith("from this device. Nothing was downloaded.")
        assert second_visit.requested != []
        assert [address for address in second_visit.requested if ".onnx" in address] == []
        assert second_visit.model_requests_at_server == 0

    def test_a_lost_or_damaged_model_is_downloaded_again(self, tab):
        change_stored_model(tab, "flip")
        reload(tab)
        expect_repaired(tab, "repaired")
        change_stored_model(tab, "evict")
        tab.run(LOAD_MODEL)
        expect_repaired(tab, "restored")

    def test_a_page_opened_as_a_file_says_so(self, tab, site):
        tab.open((site / "index.html").as_uri())
        tab.expect_text("#failure-text", "You opened this page as a file")

    def test_a_private_window_leaves_no_stored_data(self, run_browser, first_visit, tmp_path):
        profile = tmp_path / "private"
        with run_browser(first_visit.address, profile, private=True) as browser:
            open_page(browser.tab, first_visit.address)
            expect_origin(browser.tab, "downloaded")
            wait_until_stored(browser.tab)
            expect_works(browser.tab)
            assert browser.tab.run(LIST_STORED_DATA) != []
        with run_browser(first_visit.address, profile, private=True) as browser:
            # The style sheet has the same origin as the page, but runs no script that stores data.
            browser.tab.open(f"{first_visit.address}style.css")
            assert browser.tab.run(LIST_STORED_DATA) == []

    def test_an_update_is_installed_and_a_restarted_browser_needs_no_server(
        self, first_visit, start_browser, next_site
    ):
        with first_visit.serve_other_site(next_site), start_browser() as tab:
            install_update(tab)
            teach_mirrored_three(tab)
        first_visit.server.stop()
        try:
            with start_browser() as tab:
                expect_origin(tab, "stored")
                assert "next build" in tab.run(FETCH_STYLE)
                expect_works(tab)
                tab.expect_text("#offline", "Ready to work offline")
                expect_taught_until_forgotten(tab)
        finally:
            first_visit.server.start()


class TestChromium(Journeys):
    engine = "chromium"


class TestFirefox(Journeys):
    engine = "firefox"

    def test_pixels_scrambled_against_fingerprinting_are_reported(
        self, shared_browser, first_visit, tab, tmp_path
    ):
        file = tmp_path / "seven.png"
        file.write_bytes(photo("7"))
        shared_browser.set_preference("privacy.resistFingerprinting", True)
        try:
            open_page(tab, first_visit.address)
            tab.choose_file("#chooser", file)
            tab.expect_text("#picture-error", "scrambled pixels")
            expect_works(tab)
        finally:
            shared_browser.set_preference("privacy.resistFingerprinting", False)


class TestWebKit(Journeys):
    engine = "webkit"
