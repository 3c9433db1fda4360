"""Write web app manifests, one per language. Browsers need them to install the page as an app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LANGUAGES = {"en": "en", "zh": "zh-Hans"}
"""The language tag (BCP 47) of each language in py/digits/text.json."""
BACKGROUND = "#f3efe7"
"""The light background colour of style.css. For dark mode, index.html has another theme-color."""
IMAGES = {
    "image/png": [".png"],
    "image/jpeg": [".jpg", ".jpeg"],
    "image/webp": [".webp"],
    "image/gif": [".gif"],
    "image/avif": [".avif"],
}
"""The pictures that the system can open with the app: the suffixes of each media type."""


def write(built: Path, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Write app.LANGUAGE.webmanifest for each language of the page's texts."""
    for language, words in texts.items():
        content = json.dumps(manifest(words, LANGUAGES[language]), ensure_ascii=False, indent=1)
        (built / f"app.{language}.webmanifest").write_text(content, "utf-8")


def manifest(words: Mapping[str, str], language: str) -> dict[str, object]:
    """Return the manifest in one language.

    Its URLs are relative to `built/`, so that a site works at any sub-path. It has no `id`, because
    an `id` is relative to the origin. Without an `id`, `start_url` identifies the app; it is the
    same in all languages.
    """
    return {
        "name": words["name"],
        "short_name": words["name_short"],
        "description": words["tagline"],
        "lang": language,
        "start_url": "../",
        "scope": "../",
        "display": "fullscreen",
        "background_color": BACKGROUND,
        "theme_color": BACKGROUND,
        "categories": ["education", "utilities"],
        "icons": [
            {"src": "../icon.svg", "type": "image/svg+xml", "sizes": "any"},
            _png("any", 512),
            _png("maskable", 192),
            _png("maskable", 512),
        ],
        "share_target": {
            "action": "../share",  # see tools/node/service_worker_template.mjs
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "picture", "accept": ["image/*"]}]},
        },
        "file_handlers": [{"action": "../", "accept": IMAGES}],
    }


def _png(purpose: str, side: int) -> dict[str, str]:
    return {
        "src": f"../icons/{purpose}-{side}.png",
        "type": "image/png",
        "sizes": f"{side}x{side}",
        "purpose": purpose,
    }
