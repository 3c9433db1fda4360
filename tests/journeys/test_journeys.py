"""Each journey in each engine: a person visits, draws, returns, loses stored data, continues."""

from tests.browser.draw.test_numbers import place
from tests.browser.offline.test_model_loading import MANIFEST, RECORD
from tests.browser.panels.test_teaching import mirrored
from tests.journeys.steps import (
    draw,
    expect_digit,
    expect_origin,
    expect_works,
    open_page,
    reload,
    wait_until_started,
    wait_until_stored,
)
from tests.support.photos import photo
from tests.support.strokes import DRAWN_DIGITS

STORED_INK = "return sessionStorage.getItem('offline-digits-ink')"
STYLE = "return (await fetch('style.css')).text()"
POINTERS = """window.pointers = new Set();
addEventListener("pointerdown", (event) => pointers.add(event.pointerType));
addEventListener("touchstart", () => pointers.add("touch"));"""
TAUGHT_READY = "return 'examples' in document.querySelector('#teach').dataset"


LEFT = """const all = await Promise.allSettled([
  caches.keys(),
  indexedDB.databases().then((all) => all.map(({ name }) => name)),
  navigator.serviceWorker.getRegistrations().then((all) => all.map(({ scope }) => scope)),
  Object.keys(localStorage),
]);
return all.flatMap(({ value }) => value ?? []);"""
"""What the browser has stored for this origin; private windows refuse some kinds of storage."""


def change_record(tab, change):
    """Change the stored model, see RECORD."""
    return tab.run(f"return ({RECORD})(args[0])", {"change": change, "sha256": MANIFEST["sha256"]})


def say_it_is(tab, label):
    """Tap the right digit, once the page has loaded its taught examples."""
    tab.expect(lambda: tab.run(TAUGHT_READY), True)
    tab.click(f"#bars button[value='{label}']")


def expect_misread(tab, label):
    tab.expect(lambda: tab.text("#digit") not in ("", label), True)


class Journeys:
    engine: str

    def test_a_first_visit_downloads_the_model_and_stores_the_page(self, home):
        assert home.origin.startswith(f"Model {MANIFEST['version']}, downloaded")
        assert home.origin.endswith("and stored on this device.")
        assert home.offline == "Ready to work offline"

    def test_a_digit_is_drawn_with_the_mouse(self, tab):
        for label in "270":
            expect_works(tab, label)

    def test_a_digit_is_drawn_with_a_finger(self, tab):
        tab.run(POINTERS)
        draw(tab, DRAWN_DIGITS["7"], "touch")
        expect_digit(tab, "7")
        assert tab.run("return [...pointers]") == ["touch"]

    def test_a_number_is_read(self, tab):
        for index, label in enumerate("2026"):
            draw(tab, place(label, index, 4))
        expect_digit(tab, "2026")

    def test_an_image_is_read(self, tab, tmp_path):
        file = tmp_path / "seven.png"
        file.write_bytes(photo("7"))
        tab.choose("#chooser", file)
        expect_digit(tab, "7")
        tab.expect_shown("#picture")

    def test_a_second_visit_does_not_request_the_model(self, shared, tab, home):
        before = len(shared.requests()), len(home.server.requests_for(".onnx"))
        reload(tab)
        tab.expect_text("#origin", "from this device. Nothing was downloaded.")
        requested = shared.requests()[before[0] :]
        assert requested != []
        assert [address for address in requested if ".onnx" in address] == []
        assert len(home.server.requests_for(".onnx")) == before[1]

    def test_a_restarted_browser_reads_without_a_server(self, home, start):
        home.server.stop()
        try:
            with start() as tab:
                expect_origin(tab, "stored")
                expect_works(tab)
                tab.expect_text("#offline", "Ready to work offline")
        finally:
            home.server.start()

    def test_a_lost_or_damaged_model_is_downloaded_again(self, start):
        with start() as tab:
            for change, origin in (("flip", "repaired"), ("evict", "restored")):
                change_record(tab, change)
                reload(tab)
                expect_origin(tab, origin)
                expect_works(tab)
                assert bytes(change_record(tab, None)).hex() == MANIFEST["sha256"]

    def test_a_private_window_reads_and_stores_nothing_for_the_next(self, browsing, home, tmp_path):
        profile = tmp_path / "private"
        with browsing(home.address, profile, private=True) as browser:
            open_page(browser.tab, home.address)
            expect_origin(browser.tab, "downloaded")
            wait_until_stored(browser.tab)
            expect_works(browser.tab)
            assert browser.tab.run(LEFT) != []
        with browsing(home.address, profile, private=True) as browser:
            browser.tab.open(f"{home.address}style.css")  # of this origin, and starts nothing
            assert browser.tab.run(LEFT) == []

    def test_an_update_of_the_page_is_offered_and_installed(self, home, start, next_site):
        with start() as tab:
            draw(tab, DRAWN_DIGITS["4"])
            expect_digit(tab, "4")
            ink = tab.run(STORED_INK)
            with home.publishing(next_site):
                reload(tab)
                tab.expect_text("#update", "A new version is ready.")
                assert "next build" not in tab.run(STYLE)
                tab.until_replaced(lambda: tab.click("#update-now"))
                wait_until_started(tab)
            assert "next build" in tab.run(STYLE)
            expect_digit(tab, "4")
            assert tab.text("#update") == ""
            assert tab.run(STORED_INK) == ink

    def test_a_taught_example_survives_a_restart_and_can_be_forgotten(self, start):
        with start() as tab:
            draw(tab, mirrored("3"))
            expect_misread(tab, "3")
            say_it_is(tab, "3")
            expect_digit(tab, "3")
            tab.expect_text("#lesson", "Learned: this is 3.")
        with start() as tab:
            draw(tab, mirrored("3"))
            expect_digit(tab, "3")
            tab.click("#taught > summary")
            tab.click("#taught-forget")
            tab.expect_text("#taught-news", "Forgotten: 1.")
            expect_misread(tab, "3")


class TestChromium(Journeys):
    engine = "chromium"


class TestFirefox(Journeys):
    engine = "firefox"


class TestWebKit(Journeys):
    engine = "webkit"
