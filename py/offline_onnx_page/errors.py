"""The error of making a page or a manifest, and of building, serving and checking a site."""


class SiteError(Exception):
    """A page or a manifest can't be made, or a site can't be built, served or checked.

    The message is one line: it says what happened, and what to do.
    """
