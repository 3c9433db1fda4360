"""Record the requests and the Content Security Policy violations of browser contexts.

A page reports its violations to the test through a binding, a JavaScript function that calls
Python. A service worker reports its violations to the server, `SiteServer`. Recorded cross-origin
requests and violations make a test fail: see tests/browser/conftest.py.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import Error

IN_PAGE = "made in the page (data:, blob:)"
"""The kind of the requests for what the page itself has made."""
KINDS = {
    "page": r"/(index\.html)?",
    "style": r"/style\.css",
    "icons, manifest of the app": r"/icon\.svg|/icons/.*|/built/app\.\w+\.webmanifest",
    "service worker": r"/service-worker\.js",
    "own scripts": r"/(early|boot)\.js|/built/\w+\.js",
    "Python's library": r"/built/python-.*",
    "interpreter": r"/built/pyodide-.*",
    "runtime": r"/built/onnxruntime-.*",
    "runtime for any model, on demand": r"/built/release-.*",
    "model and its manifest": r"/built/model-.*|.*\.onnx(\.\d+)?|/.*\.json",
}
"""Kinds of requests, each with a pattern for the end of the path. A request that matches none of
them has the kind "other files"."""
LOCAL_HOSTS = ("localhost", "127.0.0.1")
REPORT_FUNCTION = "reportViolation"
REPORT_VIOLATIONS = f"""addEventListener("securitypolicyviolation", (event) => {{
  const {{effectiveDirective, blockedURI, sample}} = event;
  {REPORT_FUNCTION}(`${{effectiveDirective}}: ${{blockedURI}} ${{sample}}`.trim());
}});"""

csp_violations = []
"""One line for each violation of a policy: the directive, the blocked address, and for a page a
sample of the blocked code."""
cross_origin = []
"""Requested addresses whose origin differs from that of the requesting page or service worker."""
counts = Counter()
"""The number of requests of each kind."""


def record_context(context):
    """Start to record the requests and policy violations of a context; return the context."""
    context.on("request", _record)
    context.expose_binding(REPORT_FUNCTION, lambda _, line: csp_violations.append(line))
    context.add_init_script(REPORT_VIOLATIONS)
    return context


def kind_of(address):
    """Return the kind of a request: a key of KINDS, "other files" or IN_PAGE."""
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
    """Count a request; add its address to `cross_origin` if it goes to another origin."""
    counts[kind_of(request.url)] += 1
    if urlsplit(request.url).scheme not in ("data", "blob") and not _is_same_origin(request):
        cross_origin.append(request.url)


def _is_same_origin(request):
    """Return whether a request goes to the origin of its page or service worker.

    The navigation of a tab counts as same-origin if it leads to any local server.
    """
    if request.service_worker:
        return origin_of(request.url) == origin_of(request.service_worker.url)
    if request.is_navigation_request():
        return urlsplit(request.url).hostname in LOCAL_HOSTS and _is_tab_or_own_frame(request)
    return origin_of(request.url) == origin_of(request.frame.url)


def _is_tab_or_own_frame(request):
    """Return whether a navigation is in a tab, or in a frame with the origin of its parent."""
    try:
        parent = request.frame.parent_frame
    except Error:  # the request of a new tab, which has no frame yet
        return True
    return not parent or origin_of(parent.url) == origin_of(request.url)
