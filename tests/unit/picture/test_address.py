"""The address of a picture that is dragged from another page, and pictures inside of addresses."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.file.address import embedded_picture, picture_address

ADDRESS = "https://example.org/a.png?b=1&c=2"


@pytest.mark.parametrize(
    ("html", "uri_list", "expected"),
    [
        (f'<meta charset="utf-8"><img alt="7" src="{ADDRESS.replace("&", "&amp;")}">', "", ADDRESS),
        (f"<a href='x'><IMG SRC = '{ADDRESS}' data-src='y'></a>", "https://example.org/", ADDRESS),
        ("", f"# a comment\r\n{ADDRESS}\r\nhttps://example.org/other\r\n", ADDRESS),
        ("<p>seven</p>", ADDRESS, ADDRESS),
        ("<img src=''>", ADDRESS, ADDRESS),
        ("", f"\r\n{ADDRESS}\r\n", ADDRESS),
        ("<p>seven</p>", "", ""),
        ("", "", ""),
        ("<image src='x'>", "", ""),
    ],
)
def test_the_address_of_the_first_picture_is_found(html, uri_list, expected):
    assert picture_address(html, uri_list) == expected


@given(st.binary(max_size=60), st.booleans())
def test_the_content_of_a_data_address_is_decoded(content, is_base64):
    text = (
        ";base64," + base64.b64encode(content).decode()
        if is_base64
        else "," + "".join(f"%{byte:02X}" for byte in content)
    )
    assert embedded_picture(f"data:image/png{text}") == ("image/png", content)


@pytest.mark.parametrize(
    "address",
    [ADDRESS, "", "data:text/html,a", "data:image/png", "data:image/png;base64,a", "blob:a"],
)
def test_other_addresses_and_damaged_data_addresses_contain_no_picture(address):
    assert embedded_picture(address) is None


def test_an_svg_in_an_address_is_decoded():
    text = "data:image/svg+xml;charset=utf-8,<svg width='1'%3E</svg>"
    assert embedded_picture(text) == ("image/svg+xml", b"<svg width='1'></svg>")
