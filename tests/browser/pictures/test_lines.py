"""Photos of numbers and sums: read as on CPython, with a box on each symbol of the picture."""

from itertools import islice

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.picture.components import NothingToRead
from digits.picture.search import find_writing
from digits.reading.line_reader import read_lines
from model.evaluation import line_photos
from model.evaluation.photos import NumpyPicture
from model.evaluation.readings import load_recogniser
from tests.browser.pictures.test_picture import choose_picture
from tests.browser.support.drawing import draw_with_mouse
from tests.support.photos import png
from tests.unit.fakes import run
from tools.site.bundle import MODEL

# Returns for each box the difference, 0 to 255, between the lightest and the darkest pixel of the
# shown picture in it.
CONTRAST_IN_BOXES = """() => {
  const canvas = document.getElementById("picture-shown");
  const shown = canvas.getBoundingClientRect();
  const scale = Math.max(canvas.width, canvas.height) / shown.width;
  return [...document.querySelectorAll("#boxes > div")].map((box) => {
    const {left, top, width, height} = box.getBoundingClientRect();
    const x = (left - shown.left) * scale - (Math.max(canvas.height - canvas.width, 0)) / 2;
    const y = (top - shown.top) * scale - (Math.max(canvas.width - canvas.height, 0)) / 2;
    const {data} = canvas.getContext("2d").getImageData(x, y, width * scale, height * scale);
    const grey = data.filter((_, index) => index % 4 === 0);
    return (Math.max(...grey) - Math.min(...grey));
  });
}"""


def legible_photos(recogniser, kind):
    """Yield photos of a kind that CPython reads rightly and with confidence, each after its text.

    Photos with a point, a comma or a colon are skipped: a few pixels decide between these signs,
    and a browser scales pictures in its own way.
    """
    for text, photo in line_photos.line_photos(kind, 60, seed=31):
        if set(text) & set(".,:"):
            continue
        try:
            source = find_writing(NumpyPicture(photo))
        except NothingToRead:
            continue
        if is_read_surely(text, recogniser, source) and is_read_resampled(text, recogniser, photo):
            yield text, photo


def is_read_surely(text, recogniser, source):
    """Return whether a picture is read as this text, with confidence."""
    lines = run(read_lines(recogniser, source))
    readings = [symbol.reading for line in lines for symbol in line]
    read = "\n".join("".join(symbol.reading.label for symbol in line) for line in lines)
    return read == text and min(reading.confidence for reading in readings) > 0.98


def is_read_resampled(text, recogniser, photo):
    """Return whether a photo is read as this text if it is scaled in other ways, too."""
    with pytest.MonkeyPatch.context() as patch:
        for samples in (1, 2, 4):
            patch.setattr("model.evaluation.photos.SAMPLES", samples)
            if not is_read_surely(text, recogniser, find_writing(NumpyPicture(photo))):
                return False
    return True


@pytest.fixture(scope="module")
def photos():
    """Return ten legible photos, each after its text: of numbers, of sums, and one of two lines."""
    recogniser = load_recogniser(MODEL)
    counts = {"numbers": 4, "sums": 5, "two lines": 1}
    return [
        each
        for kind, count in counts.items()
        for each in islice(legible_photos(recogniser, kind), count)
    ]


def test_ten_photos_of_numbers_and_sums_are_read(shared_app, photos, subtests):
    assert len(photos) == 10
    for text, photo in photos:
        with subtests.test(text):
            pixels = np.frombuffer(photo.grey, np.uint8).reshape(photo.height, photo.width)
            choose_picture(shared_app, png(pixels))
            expect(shared_app.locator("#digit")).to_have_text(
                text.replace("-", "−"), use_inner_text=True
            )
            expect(shared_app.locator("#boxes > div")).to_have_count(len(text.replace("\n", "")))
            assert min(shared_app.evaluate(CONTRAST_IN_BOXES)) > 40


def test_the_result_of_a_sum_in_a_photo_is_shown_as_text(shared_app, photos):
    text, photo = next(each for each in photos if each[0].endswith("=") and "\n" not in each[0])
    pixels = np.frombuffer(photo.grey, np.uint8).reshape(photo.height, photo.width)
    choose_picture(shared_app, png(pixels))
    expect(shared_app.locator("#digit")).to_have_text(text.replace("-", "−"))
    expect(shared_app.locator("#sum")).to_contain_text("=")
    draw_with_mouse(shared_app, [[(0.3, 0.2), (0.3, 0.8)]])
    expect(shared_app.locator("#picture")).to_be_hidden()
    expect(shared_app.locator("#boxes > div")).to_have_count(0)
