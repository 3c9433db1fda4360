"""Record the first visit of a page; keep its server running, so that later visits start quickly.

A first visit takes three times as long as a later one.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.browser.support.site_server import SiteServer

STORED_SNAPSHOTS = """
async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("python-snapshot"));
  const entries = await Promise.all(
    names.map(async (name) => {
      const cache = await caches.open(name);
      return (await cache.keys()).map(({ url }) => [name, url]);
    }),
  );
  return entries.flat();
}
"""
"""JavaScript: the cache and the URL of each stored snapshot of Python's memory."""


@dataclass
class VisitLog:
    """What happened during a visit of a page.

    Attributes:
        requested: the addresses that the page and its service worker requested.
        failed: the addresses of the requests that failed, or were answered with an error status.
        errors: warnings and errors of the console, and errors of scripts.
        bytes_sent: the number of bytes that the server sent, by path.
    """

    requested: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes_sent: Counter[str] = field(default_factory=Counter)


@contextmanager
def record_visit(context, page):
    """Yield a `VisitLog` of what happens in a tab, and of the requests of its context."""
    log = VisitLog()

    def on_response(response):
        if response.status >= 400:
            log.failed.append(response.url)

    def on_message(message):
        if message.type in {"error", "warning"}:
            log.errors.append(message.text)

    page.on("console", on_message)
    page.on("pageerror", lambda error: log.errors.append(str(error)))
    listeners = {
        "request": lambda request: log.requested.append(request.url),
        "requestfailed": lambda request: log.failed.append(request.url),
        "response": on_response,
    }
    for event, listener in listeners.items():
        context.on(event, listener)
    yield log
    for event, listener in listeners.items():
        context.remove_listener(event, listener)


@contextmanager
def visited_server(context, site, wait):
    """Yield a running server of a site that the browser has visited, and the visit's `VisitLog`.

    Fixtures of a whole session use it: their tests share the server and its address, and so also
    what its pages have stored in the browser.

    Args:
        context: the browser context.
        site: the folder of the site.
        wait: a function that is called with the page of the first visit. It waits until everything
            that later visits use is stored.
    """
    server = SiteServer(site)
    page = context.new_page()
    with record_visit(context, page) as log:
        page.goto(server.address)
        wait(page)
    log.bytes_sent.update(server.bytes_sent)
    page.close()
    yield server, log
    server.stop()
