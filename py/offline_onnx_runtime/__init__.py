"""The files of onnxruntime-web, so that `offline_onnx` runs models without a server or a CDN.

`offline_onnx` loads them by itself if a page provides no other onnxruntime-web. The build copies
the files from npm's package into FOLDER, with the two scripts that isolate untrusted models and the
digests of all.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).with_name("files")
"""The folder of the files."""


def digests() -> dict[str, str]:
    """Return the SHA-256 of each file in FOLDER, in lower-case hexadecimal, by the file's name.

    Raises:
        OSError: the package was installed from its sources, which do not have the files.

    """
    found: dict[str, str] = json.loads((FOLDER / "digests.json").read_text("utf-8"))
    return found
