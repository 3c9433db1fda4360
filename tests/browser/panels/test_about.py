"""The panel that shows how the page works, with figures of this device and page load."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from digits.words import UNKNOWN, Words
from offline_onnx_page.serving.server import PERMANENT_URL
from tests.browser.draw.test_numbers import IS_UP_TO_DATE, run_python
from tests.browser.panels.test_explanation import toggle_panel
from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    draw_without_release,
    expect_digit,
    wait_for_value,
)
from tools.site.bundle import MANIFEST, MODEL
from tools.site.sizes import transfer_sizes

ENGLISH, CHINESE = Words("en"), Words("zh")
SET_CHINESE = "localStorage.setItem('offline-digits-language', 'zh')"
GET_REQUESTED_ADDRESSES = """
["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .map(({ name }) => name)
"""
# Returns the content of the rows of the file list.
GET_FILE_ROWS = """
(all) => all.map((row) => ({
  name: row.querySelector("a").textContent,
  address: row.querySelector("a").href,
  target: row.querySelector("a").target,
  rel: row.querySelector("a").rel,
  role: row.querySelector("span").textContent,
  size: row.querySelector("b").textContent,
  source: row.querySelector("small").textContent,
}))
"""
GET_STATUS = "async (address) => (await fetch(address)).status"
# Makes the panel's deferred work start without delay.
REMOVE_DELAY = """
from digits.page import main
from digits.page.panels import deferred_work
deferred_work.DELAY = 0
"""
# Returns whether the panel has measured the reading of the number that is shown.
IS_MEASURED = (
    "main.page.late_controls.panels._created['about']._measured_number is main.page.app.symbols"
)
# Notifies the panels of a change, so that they show the current state.
REFRESH = """
from digits.page import main
main.page.app.changed.notify()
"""
# Returns whether the panel has no deferred work.
IS_IDLE = "main.page.late_controls.panels._created['about']._deferred.is_idle"


def figures(page):
    """Return the shown figures of all steps, by their labels."""
    names, amounts = (page.locator(f"#about-steps {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, amounts, strict=True))


def listed_files(page):
    """Return the rows of the file list."""
    return page.locator("#about-list li").evaluate_all(GET_FILE_ROWS)


def url_path(address):
    """Return the path of a URL."""
    return urlsplit(address).path


def milliseconds(text):
    """Return the milliseconds of a text such as "12 ms" or "1.2 s"."""
    number, unit = text.split()
    return float(number) * {"ms": 1, "s": 1000}[unit]


def reading_time(page):
    """Return the element with the median time of a reading."""
    return page.locator("#about-steps li").nth(3).locator("dd").first


def test_opening_a_panel_leaves_the_others_open_and_in_place(shared_app):
    shared_app.locator("#taught > summary").click()
    expect(shared_app.locator("#taught-count")).not_to_be_empty()
    summary = shared_app.locator("#model > summary")
    summary.scroll_into_view_if_needed()
    place = summary.bounding_box()
    summary.click()
    expect(shared_app.locator("#model-facts dd").last).to_be_visible()
    assert summary.bounding_box() == place
    expect(shared_app.locator("details[open]")).to_have_count(2)


def test_the_figures_are_of_this_device_and_this_page_load(app):
    toggle_panel(app, "about")
    expect(app.locator("#about-steps li")).to_have_count(6)
    values = figures(app)
    model = MODEL / "digits.onnx"
    version = json.loads((MODEL / "digits.json").read_text("utf-8"))["version"]
    assert values[f"model {version}"] == ENGLISH.size(model.stat().st_size)
    assert f'"sha256": "{values["start of its SHA-256"]}' in (MODEL / MANIFEST).read_text("utf-8")
    assert values["over the network"] == "0 bytes"
    (mark,) = app.evaluate("performance.getEntriesByName('start-ended').map((e) => e.startTime)")
    assert 0 < milliseconds(values["until it could read"]) == pytest.approx(mark, rel=0.1)
    memory = app.evaluate("pyodide._module.HEAP8.length")
    assert values["Python's memory"] == ENGLISH.size(memory)
    sentences = app.locator("#about-steps p").all_inner_texts()
    assert "a snapshot of its memory" in sentences[1]
    assert "IndexedDB" in sentences[2]
    expect(app.locator("#about-steps li").last.locator("dd").first).to_have_text(
        re.compile(r"\d MB")
    )


def test_a_reading_is_measured_only_when_the_user_stops_drawing(shared_app):
    toggle_panel(shared_app, "about")
    run_python(shared_app, REMOVE_DELAY)
    expect(reading_time(shared_app)).to_have_text(UNKNOWN)
    shared_app.locator("#sheet").scroll_into_view_if_needed()
    stem, crossbar = DRAWN_DIGITS["7"]
    draw(shared_app, [stem])
    expect(reading_time(shared_app)).to_have_text(re.compile(r"\d m?s"))
    draw_without_release(shared_app, crossbar)
    wait_for_value(
        lambda: run_python(shared_app, IS_UP_TO_DATE) and run_python(shared_app, IS_IDLE),
        expected=True,
    )
    assert not run_python(shared_app, IS_MEASURED)
    shared_app.mouse.up()
    expect_digit(shared_app, "7")
    wait_for_value(lambda: run_python(shared_app, IS_MEASURED), expected=True)
    values = figures(shared_app)
    median = milliseconds(values["median time of a reading"])
    assert 0 < milliseconds(values["its share of a reading"]) <= median
    assert median <= milliseconds(values["slowest of 21 readings"])
    shared_app.locator("#clear").click()
    expect(reading_time(shared_app)).to_have_text(UNKNOWN)


def test_all_files_are_listed_and_open_offline(app, visited_site, site):
    context, address = visited_site
    requested = []
    app.on("request", lambda request: requested.append(request.url))
    toggle_panel(app, "about")
    expect(app.locator("#about-list a").first).to_be_attached()
    app.keyboard.press("Tab")
    expect(app.locator("#about-files > summary")).to_be_focused()
    app.keyboard.press("Enter")
    app.keyboard.press("Tab")
    expect(app.locator("#about-list a").first).to_be_focused()
    *listed, worker = sorted(listed_files(app), key=lambda file: "service-worker" in file["name"])
    assert (worker["size"], worker["source"]) == (UNKNOWN, "stored by the browser")
    assert worker["address"] == ""  # no address leads to the browser's copy
    paths = [url_path(file["address"]) for file in listed]
    assert len(set(paths)) == len(paths)
    assert {url_path(each) for each in app.evaluate(GET_REQUESTED_ADDRESSES)} <= set(paths)
    cached = {f"/{name}" for name in transfer_sizes(site, "")}
    assert set(filter(PERMANENT_URL.search, cached)) <= set(paths)
    for file in listed:
        content = site / (url_path(file["address"]).lstrip("/") or "index.html")
        assert (file["name"], file["size"]) == (content.name, ENGLISH.size(content.stat().st_size))
        assert file["role"], file
        assert (file["target"], file["rel"]) == ("_blank", "noopener")
        stored = content.suffix == ".onnx"
        assert file["source"] == ("IndexedDB" if stored else "Cache Storage")

    app.evaluate(GET_STATUS, f"{address}robots.txt")  # a file that the page has no description of
    wait_for_value(
        lambda: f"{address}robots.txt" in app.evaluate(GET_REQUESTED_ADDRESSES), expected=True
    )
    run_python(app, REFRESH)
    expect(app.locator("#about-list a", has_text="robots.txt")).to_have_count(1)
    expect(app.locator("#about-list a").first).to_be_focused()

    context.set_offline(True)
    try:
        assert {app.evaluate(GET_STATUS, each["address"]) for each in listed} == {200}
        with context.expect_page() as opened:
            app.keyboard.press("Enter")
        opened.value.locator("#start").wait_for(state="hidden")
        opened.value.close()
    finally:
        context.set_offline(False)
    assert {url for url in requested if not url.startswith((address, "blob:", "data:"))} == set()


def test_a_first_visit_in_chinese_shows_what_was_downloaded(page, server, visit):
    page.add_init_script(SET_CHINESE)
    visit()
    expect(page.locator("#about > summary")).to_have_text("它是怎么工作的")
    toggle_panel(page, "about")
    expect(page.locator("#about-steps p").nth(1)).to_contain_text("从零启动")
    expect(page.locator("#about-steps p").nth(2)).to_contain_text("所以下载了一份")
    values = figures(page)
    assert (values["来自这台设备"], values["一次识别用时的中位数"]) == ("0 字节", UNKNOWN)
    number, unit = values["来自网络"].split()
    assert unit == "MB"
    hashed = sum(count for name, count in server.bytes_sent.items() if PERMANENT_URL.match(name))
    assert float(number) * 1e6 == pytest.approx(hashed, rel=0.03)
    listed = listed_files(page)
    assert {file["source"] for file in listed if file["address"]} == {"网络"}
    draw(page, DRAWN_DIGITS["7"])
    expect(reading_time(page)).to_have_text(re.compile(r"\d (毫秒|秒)"))
    roles = [CHINESE.say("about_file_library"), CHINESE.say("about_file_model")]
    assert set(roles) <= {file["role"] for file in listed}
