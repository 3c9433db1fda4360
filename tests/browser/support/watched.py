"""Watch browser contexts: what their pages request, and what the pages' policies refuse.

A page reports what its own policy refuses. What a service worker's policy refuses is reported to
the server, which is `SiteServer`. What a test does not expect fails it, see conftest.py.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import Error

IN_PAGE = "made in the page (data:, blob:)"
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
"""What a request is for, by the end of its path; what matches none is "other files"."""
LOCAL = ("localhost", "127.0.0.1")
REPORT = "reportRefusal"
LISTEN = f"""addEventListener("securitypolicyviolation", (event) =>
  {REPORT}(`${{event.effectiveDirective}}: ${{event.blockedURI}} ${{event.sample}}`.trim()));"""

refused = []
"""What policies have refused: a line for each time."""
elsewhere = []
"""Requested addresses of another origin than the page that requested them."""
requests = Counter()
"""The number of requests of each kind."""


def watch(context):
    """Record the requests and refusals in a context; return the context."""
    context.on("request", _record)
    context.expose_binding(REPORT, lambda _, line: refused.append(line))
    context.add_init_script(LISTEN)
    return context


def kind_of(address):
    """Return what a request is for: one of KINDS, "other files" or IN_PAGE."""
    parts = urlsplit(address)
    if parts.scheme in ("data", "blob"):
        return IN_PAGE
    return next(
        (kind for kind, path in KINDS.items() if re.search(f"(?:{path})$", parts.path)),
        "other files",
    )


def origin_of(address):
    """Return an address's scheme, host and port."""
    return urlsplit(address)[:2]


def _record(request):
    requests[kind_of(request.url)] += 1
    if urlsplit(request.url).scheme not in ("data", "blob") and not _is_own(request):
        elsewhere.append(request.url)


def _is_own(request):
    """Return whether a request stays at its page's origin; a tab may open any local page."""
    if request.service_worker:
        return origin_of(request.url) == origin_of(request.service_worker.url)
    if request.is_navigation_request():
        return urlsplit(request.url).hostname in LOCAL and _is_own_frame(request)
    return origin_of(request.url) == origin_of(request.frame.url)


def _is_own_frame(request):
    """Return whether a request is for a tab, or for a frame of the same origin as its parent."""
    try:
        parent = request.frame.parent_frame
    except Error:  # a new tab has no page yet
        return True
    return not parent or origin_of(parent.url) == origin_of(request.url)
