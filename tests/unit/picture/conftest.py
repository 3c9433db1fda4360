"""Pictures of drawn digits for the tests of this folder, and the recogniser that reads them."""

import asyncio

import numpy as np
import pytest

from digits.picture.colour import ColourPicture
from digits.picture.light import GreyPicture
from model.evaluation.readings import load_recogniser
from tests.support.photos import INK, PAPER, draw_on_paper
from tools.site.bundle import MODEL


@pytest.fixture(scope="session")
def recogniser():
    """Return a recogniser with the released model."""
    return load_recogniser(MODEL)


@pytest.fixture(scope="session")
def read(recogniser):
    """Return a function that reads found single digits and returns their labels as one text."""

    def read(found):
        assert all(len(each.components) == 1 for each in found)
        readings = asyncio.run(recogniser.read([each.image(each.components) for each in found]))
        return "".join(reading.label for reading in readings)

    return read


def picture(brightness):
    """Return a GreyPicture. brightness: the pixels as [height, width], 0 to 255."""
    height, width = brightness.shape
    return GreyPicture(
        width, height, np.rint(np.clip(brightness, 0, 255)).astype(np.uint8).tobytes()
    )


def ink_of(strokes, pen=8, scale=140):
    """Return the ink of a drawing, cropped tightly: 0 is paper, 1 is ink. See `draw_on_paper`."""
    sheet = draw_on_paper(strokes, pen, side=150, scale=scale)
    ink = (PAPER - sheet) / (PAPER - INK)
    rows, columns = np.nonzero(ink > 0.3)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def with_margins(ink, left, top, right, bottom):
    """Add paper around ink. The margins are in pixels."""
    return np.pad(ink, ((top, bottom), (left, right)))


def on_paper(ink, paper=PAPER, colour=INK):
    """Return the brightness of ink on paper."""
    return paper + (colour - paper) * ink


def coloured(ink, paper, colour):
    """Return a picture of ink on paper. paper, colour: red, green, blue and opacity, 0 to 255."""
    mixed = np.array(paper) + (np.array(colour, float) - paper) * ink[..., None]
    height, width = ink.shape
    return ColourPicture(width, height, np.rint(mixed).astype(np.uint8).tobytes())
