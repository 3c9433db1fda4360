import json
import re

import numpy as np
import pytest
from matplotlib import image

from digits.words import TABLE
from tools.site import webmanifest
from tools.site.bundle import WEB
from tools.visits import icons

BLUE = np.array([0x1F, 0x3A, 0x5F]) / 255
SAFE = 0.4  # of the side, around the middle: what no system cuts off a maskable icon


@pytest.fixture
def manifests(tmp_path):
    webmanifest.write(tmp_path, TABLE)
    return {file.name: json.loads(file.read_text("utf-8")) for file in tmp_path.iterdir()}


def test_there_is_one_for_each_language_and_they_are_of_one_app(manifests):
    assert set(manifests) == {f"app.{language}.webmanifest" for language in TABLE}
    assert len({each["name"] for each in manifests.values()}) == len(TABLE)
    for each in manifests.values():
        assert len(each["short_name"]) <= 12
        assert (each["start_url"], each["scope"], each.get("id")) == ("../", "../", None)


def test_every_address_is_relative_and_every_icon_is_there(manifests):
    for each in manifests.values():
        addresses = re.findall(r'"(?:src|action|start_url|scope)": "([^"]*)"', json.dumps(each))
        assert len(addresses) >= 8
        assert all(address.startswith("../") for address in addresses)
        for icon in each["icons"]:
            assert (WEB / icon["src"].removeprefix("../")).is_file()


def test_the_colours_are_the_pages_own():
    style = (WEB / "style.css").read_text("utf-8")
    page = (WEB / "index.html").read_text("utf-8")
    light, dark = re.search(r"--ground: light-dark\((#\w+), (#\w+)\)", style).groups()
    assert light == webmanifest.BACKGROUND
    assert re.findall(r'name="theme-color" content="(#\w+)"', page) == [light, dark]


@pytest.mark.parametrize(("purpose", "side"), icons.ICONS)
def test_the_icons_are_of_the_size_they_say_and_what_is_cut_off_is_ground(purpose, side):
    pixels = image.imread(WEB / "icons" / f"{purpose}-{side}.png")
    assert pixels.shape[:2] == (side, side)
    rows, columns = np.indices((side, side)) - (side - 1) / 2
    outside = np.hypot(rows, columns) > SAFE * side
    if purpose == "maskable":
        assert np.abs(pixels[outside][:, :3] - BLUE).max() < 0.02
    else:
        assert pixels[0, 0, 3] == 0
    assert np.abs(pixels[~outside][:, :3] - BLUE).max() > 0.5
