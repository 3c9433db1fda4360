"""The pages of docs/gallery.md, each with a network and then without a server.

Chromium gets a file instead of a microphone and another one instead of a camera. All pages run in
one browser context, which the tests share.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.own_model import gallery_media as media
from tests.browser.own_model.test_example import run_in_thread
from tests.browser.support.site_server import SiteServer
from tests.support import bundling
from tools import gallery
from tools.site import bundle

EXAMPLES = {example.name: example for example in gallery.EXAMPLES}
PYTHON = "import os\n\nfor name in os.listdir():\n    print(name, len(name))\n"
HTML = "<!doctype html>\n<html><head><title>Hello</title></head><body><p>Hi</p></body></html>\n"


@pytest.fixture(scope="module")
def devices(browser_type, browser_type_launch_args, browser_context_args, tmp_path_factory):
    """Return a browser context with a voice as its microphone, and a text as its camera."""
    folder = tmp_path_factory.mktemp("devices")
    (folder / "voice.wav").write_bytes(media.wav(media.voice()))
    (folder / "text.mjpeg").write_bytes(media.line_of_text(is_upright=False))
    flags = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={folder / 'voice.wav'}",
        f"--use-file-for-fake-video-capture={folder / 'text.mjpeg'}",
    ]
    arguments = [*browser_type_launch_args["args"], *flags]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser.new_context(**browser_context_args)
    browser.close()


@pytest.fixture
def context(devices):
    """Return the browser context with the devices; forget permissions afterwards."""
    yield devices
    devices.clear_permissions()
    for page in devices.pages[1:]:  # the first tab stays: it keeps the process and its code
        page.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder for the pages."""
    return tmp_path_factory.mktemp("gallery")


@pytest.fixture
def visited(context, folder, request):
    """Make the page of an example and visit it: return the tab, and a function that reloads it.

    The function stops the server first. `failures`, an attribute of the tab, has the errors in its
    console.
    """
    if not context.pages:
        context.new_page()  # stays open, see `context`
    with bundling.lock():
        site = run_in_thread(gallery.make, EXAMPLES[request.param], folder)
    with bundling.lock(), bundling.without_compression():
        run_in_thread(bundle.bundle_page, site)
    server = SiteServer(site)
    page = context.new_page()
    failures = []

    def note_error(message):
        # Without a server, the search for a newer model fails, which the page ignores.
        if message.type == "error" and "ERR_CONNECTION_REFUSED" not in message.text:
            failures.append(message.text)

    page.on("console", note_error)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(server.address)

    def reload_without_server():
        page.locator("html[data-offline=ready]").wait_for()
        expect(page.get_by_text("Works offline")).to_be_visible()
        expect(page.locator("#origin")).to_contain_text("was downloaded")
        server.stop()
        page.reload()
        expect(page.locator("#origin")).to_contain_text("was on this device")

    page.failures = failures
    yield page, reload_without_server
    if not server.is_down:
        server.stop()


def choose(page, label, name, content, media_type):
    """Choose a file in the field with a label."""
    file = {"name": name, "mimeType": media_type, "buffer": content}
    page.get_by_label(label).set_input_files(file)


def expect_answer(page, text):
    """Expect an answer, and no failure."""
    expect(page.locator("#answer")).to_have_text(text)
    expect(page.locator("[data-failure]")).to_have_text("")
    assert page.failures == []


@pytest.mark.parametrize("visited", ["digit"], indirect=True)
def test_a_digit_in_a_picture_is_read(visited):
    page, reload_without_server = visited
    for reload in (reload_without_server, None):
        expect(page.locator("#answer")).to_have_text("Choose a picture.")
        choose(page, "A picture", "7.png", media.seven(), "image/png")
        expect_answer(page, "7")
        expect(page.get_by_role("img", name="The picture as the model sees it")).to_be_visible()
        if reload:
            reload()
    choose(page, "A picture", "7.png", b"no picture", "image/png")
    message = "The browser can't read this picture. Choose a JPEG or PNG file."
    expect(page.get_by_role("alert")).to_have_text(message)
    assert page.failures == [message]


@pytest.mark.parametrize("visited", ["speech"], indirect=True)
def test_speech_is_distinguished_from_silence(visited):
    page, reload_without_server = visited
    start = page.get_by_role("button", name="Start the microphone")
    start.click()
    message = "The microphone is blocked. Allow it for this page"
    expect(page.get_by_role("alert")).to_contain_text(message)
    page.failures.clear()
    page.context.grant_permissions(["microphone"])
    for reload in (reload_without_server, None):
        start.click()
        expect_answer(page, "speech")
        page.get_by_role("button", name="Stop the microphone").click()
        for sound, answer in ((media.silence(), "no speech"), (media.voice(), "speech")):
            choose(page, "Or a sound file", "sound.wav", media.wav(sound), "audio/wav")
            expect(page.locator("#answer")).to_contain_text(" of 2.0 seconds")
            expect(page.locator("#answer")).to_contain_text(f"{answer}: ")
            expect(page.locator("#details li").first).to_contain_text(answer)
        if reload:
            reload()
    choose(page, "Or a sound file", "sound.wav", b"no sound", "audio/wav")
    expect(page.get_by_role("alert")).to_contain_text("can't read this sound")


@pytest.mark.parametrize("visited", ["file-type"], indirect=True)
def test_the_type_of_a_text_is_found_while_it_is_typed(visited):
    page, reload_without_server = visited
    text = page.get_by_label("Your text")
    expect_answer(page, "Write something.")
    for reload in (reload_without_server, None):
        for content, kind in ((PYTHON, "python"), (HTML, "html"), ("", "Write something.")):
            text.fill(content)
            expect_answer(page, kind)
        if reload:
            reload()


@pytest.mark.parametrize("visited", ["upside-down"], indirect=True)
def test_a_camera_sees_whether_a_text_is_upside_down(visited):
    page, reload_without_server = visited
    start = page.get_by_role("button", name="Start the camera")
    start.click()
    message = "The camera is blocked. Allow it for this page"
    expect(page.get_by_role("alert")).to_contain_text(message)
    page.failures.clear()
    page.context.grant_permissions(["camera"])
    for reload in (reload_without_server, None):
        start.click()
        expect_answer(page, "upside down")
        page.get_by_role("button", name="Other camera").click()
        expect_answer(page, "upside down")
        upright = media.line_of_text(is_upright=True)
        choose(page, "Or a picture", "text.jpg", upright, "image/jpeg")
        expect_answer(page, "upright")
        expect(start).to_be_visible()
        if reload:
            reload()
