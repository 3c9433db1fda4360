"""Hundreds of reloads and dozens of updates on one profile, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stress.soak import scripts
from tests.stress.soak.profile import Profile
from tests.stress.soak.releases import Releases
from tests.support.strokes import DRAWN_DIGITS
from tools.site.bundle import MODEL
from tools.site.serve import serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import BrowserType, Page

    from tests.stress.soak.hand import Hand
    from tests.stress.soak.kept import Kept

EARLY = 5
"""After this part of the reloads, and of the updates, is looked for the first time."""


@dataclass(frozen=True)
class Lived:
    """What was kept. both: after a fifth of the reloads and after all, and so with the updates.

    left: what is kept in the end of versions before the last.
    """

    both: dict[str, tuple[Kept, Kept]]
    left: list[str]


async def live(
    browser: BrowserType, executable: str, site: Path, folder: Path, reloads: int, updates: int
) -> Lived:
    """Use the page, reload it, and take updates of it. folder: an empty one, for all of it."""
    releases = Releases(site, folder / "site")
    reloaded, updated = [], []
    with serving(releases.site) as address:
        profile = Profile(browser, executable, folder / "profile", address)
        await profile.open()
        await _use(profile.page, profile.hand)
        for number in range(1, reloads + 1):
            await profile.page.reload()
            await profile.ready()
            if number in (reloads // EARLY, reloads):
                reloaded.append(await profile.kept())
        for number in range(1, updates + 1):
            await releases.publish(number)
            await _update(profile, releases)
            if number in (updates // EARLY, updates):
                updated.append(await profile.kept())
        await profile.close()
    left = updated[-1].left_behind(releases.folders)
    both = {
        f"{reloads} reloads": (reloaded[0], reloaded[-1]),
        f"{updates} updates": (updated[0], updated[-1]),
    }
    return Lived(both, left)


async def _use(page: Page, hand: Hand) -> None:
    """Teach, and read with a model of one's own: have all kept that a page can keep."""
    await hand.press("clear")
    await hand.draw([[(1 - x, y) for x, y in stroke] for stroke in DRAWN_DIGITS["3"]])
    await page.locator("#teach[data-examples]:enabled").wait_for()
    await page.locator("#bars button[value='3']").click()
    await page.locator("#doubt.as-taught").wait_for()
    await page.locator("#model > summary").click()
    files = [MODEL / "digits.onnx", MODEL / "digits.json"]
    await page.locator("#model-chooser").set_input_files(files)
    await page.locator("#model-news", has_text="reads now").wait_for()


async def _update(profile: Profile, releases: Releases) -> None:
    """Come back, take the newer version of the page, and wait until it has all that it keeps."""
    page = profile.page
    await page.reload()
    await page.locator("#update").wait_for()
    async with page.expect_navigation():
        await page.locator("#update-now").click()
    await profile.ready()
    await page.evaluate(scripts.SNAPSHOT, releases.folder("python").name)
    await page.locator("#newer[data-state=ready]").wait_for(state="attached")
