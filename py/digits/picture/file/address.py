"""Find the address of a picture in content that is dragged or copied from another page."""

from __future__ import annotations

import binascii
import re

_SOURCE = r"<img\b[^>]*?\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
_DATA = r"data:(image/[\w.+-]+)((?:;[^,;]*)*),(.*)"


def picture_address(html: str, uri_list: str) -> str:
    """Return the address of the first picture; "" if there is none.

    Args:
        html: The content as HTML; "" if there is none.
        uri_list: The content as a list of addresses, of the type text/uri-list. If the HTML has no
            `<img>`, the first address is returned, whatever it leads to.

    """
    found = re.search(_SOURCE, html, re.IGNORECASE)
    source = (found[1] or found[2] or "").replace("&amp;", "&").strip() if found else ""
    addresses = (line.strip() for line in uri_list.splitlines() if not line.startswith("#"))
    return source or next(filter(None, addresses), "")


def embedded_picture(address: str) -> tuple[str, bytes] | None:
    """Return the type and the content of a picture that a `data:` address contains.

    Return None for other addresses, and if the picture's base64 is damaged.
    """
    found = re.fullmatch(_DATA, address, re.IGNORECASE | re.DOTALL)
    if not found:
        return None
    kind, parameters, text = found.groups()
    content = re.sub(rb"%([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), text.encode())
    if not parameters.lower().endswith(";base64"):
        return kind, content
    try:
        return kind, binascii.a2b_base64(content)
    except binascii.Error:
        return None
