"""The error of building, serving and checking a site."""


class SiteError(Exception):
    """A site can't be built, served or checked.

    The message is one line: it says what happened, and what to do.
    """
