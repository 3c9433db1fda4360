"""Hundreds of reloads and dozens of updates on one profile, and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.soak import scripts
from tests.stress.soak.profile import Profile
from tests.stress.soak.releases import Releases
from tests.support.strokes import DRAWN_DIGITS
from tools.site.bundle import MODEL
from tools.site.serve import serve_in_background

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import BrowserType, Page

    from tests.stress.soak.hand import Hand
    from tests.stress.soak.profile import Stored

EARLY = 5
"""What is stored is compared between the end and this part of the reloads, or of the updates."""


@dataclass(frozen=True)
class Visits:
    """What was stored.

    Attributes:
        compared: Stored after a fifth of the reloads and after all; the same for the updates.
        left: Entries of older versions that are stored in the end.
    """

    compared: dict[str, tuple[Stored, Stored]]
    left: list[str]


async def visit(
    browser: BrowserType, executable: str, folder: Path, reloads: int, updates: int
) -> Visits:
    """Use the page, reload it, and install updates of it.

    Args:
        browser: Playwright's Chromium.
        executable: The Chromium to use.
        folder: An empty folder, for the site and the profile.
        reloads: At least 2.
        updates: At least 2.
    """
    releases = Releases(folder / "site")
    reloaded, updated = [], []
    with serve_in_background(releases.site) as address:
        profile = Profile(browser, executable, folder / "profile", address)
        await profile.open()
        await _use(profile.page, profile.hand)
        for number in range(1, reloads + 1):
            await profile.page.reload()
            await profile.wait_until_cached()
            if number in (max(1, reloads // EARLY), reloads):
                reloaded.append(await profile.stored())
        for number in range(1, updates + 1):
            await releases.publish(number)
            await _update(profile, releases)
            if number in (max(1, updates // EARLY), updates):
                updated.append(await profile.stored())
        await profile.close()
    left = updated[-1].left_behind(releases.folders)
    compared = {
        f"{reloads} reloads": (reloaded[0], reloaded[-1]),
        f"{updates} updates": (updated[0], updated[-1]),
    }
    return Visits(compared, left)


async def _use(page: Page, hand: Hand) -> None:
    """Teach an example and use a custom model, so that everything a page can store is stored."""
    await hand.press("clear")
    await hand.draw([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
    await page.locator("#teach[data-examples]:enabled").wait_for()
    await page.locator("#bars button[value='3']").click()
    await page.locator("#doubt.as-taught").wait_for()
    await page.locator("#model > summary").click()
    files = [MODEL / "digits.onnx", MODEL / "digits.json"]
    await page.locator("#model-chooser").set_input_files(files)
    await page.locator("#model-news", has_text="is in use").wait_for()


async def _update(profile: Profile, releases: Releases) -> None:
    """Come back, switch to the newer version, and wait until everything of it is stored."""
    page = profile.page
    await page.reload()
    await page.locator("#update").wait_for()
    async with page.expect_navigation():
        await page.locator("#update-now").click()
    await profile.wait_until_cached()
    await page.evaluate(scripts.SNAPSHOT, releases.folder("python").name)
    await page.locator("#newer[data-state=ready]").wait_for(state="attached")
