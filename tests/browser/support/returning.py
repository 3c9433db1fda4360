"""A browser that has been here before: a first visit takes five times as long as the next."""

from contextlib import contextmanager

from tests.browser.support.site import SiteServer


@contextmanager
def has_visited(browser, options, site, wait, script=""):
    """Give a context that has visited a site, and the site's server, which goes on serving.

    options: the context's. wait: called with the first visit's page, until what has to be kept is.
    script: runs in every page before its own. What a test changes here, other than in its own tab,
    the next test finds.
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
