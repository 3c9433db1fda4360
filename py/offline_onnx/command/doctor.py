"""The command `doctor`: visit a site in a browser, also offline."""

from __future__ import annotations

from offline_onnx.command.result import Result
from offline_onnx_page.checks import doctor


def command(*, site: str, browser: str | None) -> Result:
    """Visit a site; return what went wrong.

    Args:
        site: the address of a page, or the folder of a site.
        browser: the path of the browser; None for the first that is found.

    Raises:
        SiteError: There is no page of offline-onnx, or no browser.

    """
    diagnosis = doctor.doctor(site, browser)
    text = "\n".join(diagnosis.lines())
    return Result(text, diagnosis.data(), has_failed=bool(diagnosis.faults))
