"""Check a site in a folder or on a host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offline_onnx_page.checks.folder import check_folder
from offline_onnx_page.checks.host import check_host
from offline_onnx_page.checks.report import no_bar

if TYPE_CHECKING:
    from offline_onnx_page.checks.report import ProgressBar, Report


def verify(site: str, progress_bar: ProgressBar = no_bar) -> Report:
    """Check a site.

    Args:
        site: the folder or the address of the site.
        progress_bar: shows the progress.

    Raises:
        SiteError: There is no site.

    """
    if Path(site).is_dir():
        return check_folder(Path(site), progress_bar)
    return check_host(site, progress_bar)
