"""Reloads the page hundreds of times, installs dozens of updates, and collects the stored data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_onnx_page.serving.server import serve_in_background
from tests.stress.soak import scripts
from tests.stress.soak.profile import Profile
from tests.stress.soak.releases import Releases
from tests.support.strokes import DRAWN_DIGITS
from tools.site.bundle import MODEL

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import BrowserType, Page

    from tests.stress.soak.pointer import Pointer
    from tests.stress.soak.profile import StoredData

EARLY_DIVISOR = 5
"""The stored data is read twice during the reloads: after 1 / EARLY_DIVISOR of them and at the end.
It is read in the same way during the updates."""


@dataclass(frozen=True)
class VisitResult:
    """The stored data at several times.

    Attributes:
        compared: For the reloads and for the updates: the stored data after a fifth of them, and
            after all of them.
        leftovers: The entries of older versions that are still stored at the end.
    """

    compared: dict[str, tuple[StoredData, StoredData]]
    leftovers: list[str]


async def reload_and_update(
    browser: BrowserType,
    executable: str,
    folder: Path,
    reloads: int,
    updates: int,
    *,
    restart: bool,
) -> VisitResult:
    """Use the page, reload it several times, and install several updates.

    Args:
        browser: Playwright's browser type for Chromium.
        executable: The path of a Chromium.
        folder: An empty folder for the site and the profile.
        reloads: The number of reloads, at least 2.
        updates: The number of updates, at least 2.
        restart: Whether to restart the browser each time the stored data is read.
    """
    releases = Releases(folder / "site")
    reloaded, updated = [], []
    with serve_in_background(releases.site) as address:
        profile = Profile(browser, executable, folder / "profile", address)
        await profile.open()
        await _use_all_storage(profile.page, profile.pointer)
        for number in range(1, reloads + 1):
            await profile.page.reload()
            await profile.wait_until_cached()
            if number in (max(1, reloads // EARLY_DIVISOR), reloads):
                reloaded.append(await profile.read_stored(restart=restart))
        for number in range(1, updates + 1):
            await releases.publish(number)
            await _install_update(profile, releases)
            if number in (max(1, updates // EARLY_DIVISOR), updates):
                updated.append(await profile.read_stored(restart=restart))
        await profile.close()
    leftovers = updated[-1].entries_of_other_versions(releases.folders)
    compared = {
        f"{reloads} reloads": (reloaded[0], reloaded[-1]),
        f"{updates} updates": (updated[0], updated[-1]),
    }
    return VisitResult(compared, leftovers)


async def _use_all_storage(page: Page, pointer: Pointer) -> None:
    """Teach an example and load a custom model, so that the page uses all kinds of storage."""
    await pointer.press("clear")
    await pointer.draw([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
    await page.locator("#teach[data-examples]:enabled").wait_for()
    await page.locator("#bars button[value='3']").click()
    await page.locator("#doubt.as-taught").wait_for()
    await page.locator("#model > summary").click()
    files = [MODEL / "digits.onnx", MODEL / "digits.json"]
    await page.locator("#model-chooser").set_input_files(files)
    await page.locator("#model-news", has_text="is in use").wait_for()


async def _install_update(profile: Profile, releases: Releases) -> None:
    """Reload the page, switch to the newer version, and wait until it is completely stored."""
    page = profile.page
    await page.reload()
    await page.locator("#update").wait_for()
    async with page.expect_navigation():
        await page.locator("#update-now").click()
    await profile.wait_until_cached()
    await page.evaluate(scripts.WAIT_FOR_SNAPSHOT, releases.folder("python").name)
    await page.locator("#newer[data-state=ready]").wait_for(state="attached")
