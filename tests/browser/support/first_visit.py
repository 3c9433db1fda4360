"""A server whose site the browser has visited before, so that later visits start quickly.

A first visit takes three times as long as a later one.
"""

from contextlib import contextmanager

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


@contextmanager
def visited_server(context, site, wait):
    """Yield a running server of a site that the browser has visited.

    All tests of a session share the server. A test sees what earlier tests have stored in it.

    Args:
        context: the browser context.
        site: the folder of the site.
        wait: is called with the page of the first visit; returns when everything is stored.
    """
    server = SiteServer(site)
    page = context.new_page()
    page.goto(server.address)
    wait(page)
    page.close()
    yield server
    server.stop()
