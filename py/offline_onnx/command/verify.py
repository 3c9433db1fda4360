"""The command `verify`: check every file of a site, in a folder or on a host."""

from __future__ import annotations

from offline_onnx.command.result import Result, progress_bar
from offline_onnx_page.checks import verify


def command(*, site: str) -> Result:
    """Check a site; return what is wrong with it.

    Args:
        site: the folder or the address of the site.

    Raises:
        SiteError: There is no site.

    """
    report = verify.verify(site, progress_bar)
    return Result("\n".join(report.lines()), report.data(), has_failed=bool(report.faults))
