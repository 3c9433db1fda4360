"""The web app manifests and the icons that they name are complete and consistent."""

import json
import re

import numpy as np
import pytest
from matplotlib import image

from digits.words import TEXTS
from tools.site import webmanifest
from tools.site.bundle import WEB
from tools.site.page import TEMPLATE
from tools.visits import icons

BLUE = np.array([0x1F, 0x3A, 0x5F]) / 255
"""The background colour of the icon."""
SAFE_RADIUS = 0.4
"""The radius of a maskable icon's central circle, which systems never cut off, as a fraction of the
icon's side."""


@pytest.fixture
def manifests(tmp_path):
    """Return all manifests as parsed JSON, by the names of their files."""
    webmanifest.write(tmp_path, TEXTS)
    return {file.name: json.loads(file.read_text("utf-8")) for file in tmp_path.iterdir()}


def test_each_language_has_a_manifest_of_the_same_app(manifests):
    assert set(manifests) == {f"app.{language}.webmanifest" for language in TEXTS}
    assert len({each["name"] for each in manifests.values()}) == len(TEXTS)
    for each in manifests.values():
        assert len(each["short_name"]) <= 12
        assert (each["start_url"], each["scope"], each.get("id")) == ("../", "../", None)


def test_every_url_is_relative_and_every_icon_exists(manifests):
    for each in manifests.values():
        addresses = re.findall(r'"(?:src|action|start_url|scope)": "([^"]*)"', json.dumps(each))
        assert len(addresses) >= 8
        assert all(address.startswith("../") for address in addresses)
        for icon in each["icons"]:
            assert (WEB / icon["src"].removeprefix("../")).is_file()


def test_the_colours_are_those_of_the_page():
    style = (WEB / "style.css").read_text("utf-8")
    page = (WEB / TEMPLATE).read_text("utf-8")
    light, dark = re.search(r"--ground: light-dark\((#\w+), (#\w+)\)", style).groups()
    assert light == webmanifest.BACKGROUND
    assert re.findall(r'name="theme-color" content="(#\w+)"', page) == [light, dark]


@pytest.mark.parametrize(("purpose", "side"), icons.ICONS)
def test_an_icon_has_its_size_and_a_maskable_one_no_drawing_outside_the_safe_circle(purpose, side):
    pixels = image.imread(WEB / "icons" / f"{purpose}-{side}.png")
    assert pixels.shape[:2] == (side, side)
    rows, columns = np.indices((side, side)) - (side - 1) / 2
    outside = np.hypot(rows, columns) > SAFE_RADIUS * side
    if purpose == "maskable":
        assert np.abs(pixels[outside][:, :3] - BLUE).max() < 0.02
    else:
        assert pixels[0, 0, 3] == 0
    assert np.abs(pixels[~outside][:, :3] - BLUE).max() > 0.5
