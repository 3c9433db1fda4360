"""A browser that has visited a site: a first visit takes five times as long as a later one."""

from contextlib import contextmanager

from tests.browser.support.site import SiteServer


@contextmanager
def has_visited(browser, options, site, wait, script=""):
    """Yield a browser context that has visited a site, and the running server of the site.

    Tests share the context: what one changes outside of its own tab, the next one finds.

    Args:
        browser: Playwright's browser.
        options: of the context.
        site: the folder of the site.
        wait: called with the page of the first visit; returns when all has been stored.
        script: JavaScript that runs in every page before its own.
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
