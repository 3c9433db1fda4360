"""What pages ask for, and what their policies refuse, in every browser context that is watched.

A page tells of what its policy has refused; a service worker's policy has the server told, which is
`SiteServer`. Whatever is seen and not expected fails the test, see conftest.py.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import Error

MADE_HERE = "made in the page (data:, blob:)"
KINDS = {
    "page": r"/(index\.html)?",
    "style": r"/style\.css",
    "icons, manifest of the app": r"/icon\.svg|/icons/.*|/built/app\.\w+\.webmanifest",
    "service worker": r"/service-worker\.js",
    "own scripts": r"/boot\.js|/built/\w+\.js",
    "Python's library": r"/built/python-.*",
    "interpreter": r"/built/pyodide-.*",
    "runtime": r"/built/onnxruntime-.*",
    "runtime for any model, on demand": r"/built/release-.*",
    "model and its manifest": r"/built/model-.*|.*\.onnx(\.\d+)?|/.*\.json",
}
"""What a request is for, by the end of its path: those of other pages are "other files"."""
LOCAL = ("localhost", "127.0.0.1")
TELL = "tellWhatWasRefused"
LISTEN = f"""addEventListener("securitypolicyviolation", (event) =>
  {TELL}(`${{event.effectiveDirective}}: ${{event.blockedURI}} ${{event.sample}}`.trim()));"""

refused = []
"""What a policy has refused: a line for each time."""
elsewhere = []
"""The addresses outside of the asking page's own origin."""
requests = Counter()
"""How many requests there were of each kind."""


def watch(context):
    """Note all that a context of any engine asks for, and all that is refused in it; give it."""
    context.on("request", _note)
    context.expose_binding(TELL, lambda _, line: refused.append(line))
    context.add_init_script(LISTEN)
    return context


def kind_of(address):
    """Tell what a request is for."""
    parts = urlsplit(address)
    if parts.scheme in ("data", "blob"):
        return MADE_HERE
    return next(
        (kind for kind, path in KINDS.items() if re.search(f"(?:{path})$", parts.path)),
        "other files",
    )


def origin_of(address):
    """Give an address's scheme, host and port."""
    return urlsplit(address)[:2]


def _note(request):
    requests[kind_of(request.url)] += 1
    if urlsplit(request.url).scheme not in ("data", "blob") and not _is_own(request):
        elsewhere.append(request.url)


def _is_own(request):
    """Whether it stays at the origin of who asks; a test may have a tab go anywhere here."""
    if request.service_worker:
        return origin_of(request.url) == origin_of(request.service_worker.url)
    if request.is_navigation_request():
        return urlsplit(request.url).hostname in LOCAL and _is_own_frame(request)
    return origin_of(request.url) == origin_of(request.frame.url)


def _is_own_frame(request):
    """Whether it is for a tab, or for a frame of the same origin as the page around it."""
    try:
        around = request.frame.parent_frame
    except Error:  # a new tab's page is not there yet
        return True
    return not around or origin_of(around.url) == origin_of(request.url)
