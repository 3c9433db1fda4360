"""A browser context that has visited the page before, so that later visits start quickly.

A first visit takes five times as long as a later one.
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
def visited_context(browser, options, site, wait, script=""):
    """Yield a browser context that has visited a site, and the running server of the site.

    All tests of a session share the context. A test sees what earlier tests have stored in it.

    Args:
        browser: Playwright's browser.
        options: options of the new browser context.
        site: the folder of the site.
        wait: is called with the page of the first visit; returns when everything is stored.
        script: JavaScript that runs in every page before the page's own scripts.
    """
    server = SiteServer(site)
    context = browser.new_context(**options)
    context.add_init_script(script)
    page = context.new_page()
    page.goto(server.address)
    wait(page)
    page.close()
    yield context, server
    context.close()
    server.stop()
