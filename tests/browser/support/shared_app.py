"""A tab with the app's page that tests share, one after the other."""

from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    wait_for_value,
    wait_until_offline_ready,
    wait_until_started,
)

VIEWPORT = {"width": 1280, "height": 800}
DEFAULT_MEDIA = {
    "media": "null",
    "color_scheme": "null",
    "reduced_motion": "reduce",
    "forced_colors": "null",
    "contrast": "null",
}
# Ends all input and closes all panels.
END_INPUT = """() => {
  document.getElementById("back").click();
  document.getElementById("picture-error").textContent = ""; // it is hidden now
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  document.activeElement.blur();
  getSelection().removeAllRanges();
  scrollTo(0, 0);
}"""
# Clears the sheet; afterwards there is no action that the user could undo, and no pen was near.
CLEAR = """
from digits.page import main

page = main.page
page._edit(page.app.clear_drawing)
page.app.ink._cleared.clear()
page._sheet._pointers.__init__(page.app.ink)
other_actions = page.late_controls.teacher._actions._other_actions
other_actions.clear()
page._show_and_read_drawing()
"""
IS_UP_TO_DATE = "main.page.app.is_up_to_date"
# Deletes the history. Returns what a test could have changed: the document without the content of
# hidden elements, the storage, the scroll position, and how many actions the user could undo.
STATE = """() => {
  localStorage.removeItem("offline-digits-history");
  const copy = document.documentElement.cloneNode(true);
  copy.querySelector("#spoken").textContent = ""; // says the latest change, a moment later
  for (const hidden of copy.querySelectorAll("[hidden]")) hidden.replaceChildren();
  // A bar has no length before it has been used, and the length 0 afterwards.
  const html = copy.outerHTML.replaceAll(' style="--part: 0.000;"', "");
  const session = {...sessionStorage}, local = {...localStorage};
  const actions = pyodide.runPython("len(page.app.ink.actions) + len(other_actions)");
  return { html, session, local, actions, scroll: [scrollX, scrollY] };
}"""


class SharedApp:
    """The app's page in a tab that is created when a test needs it, and again after a failure."""

    def __init__(self, context, address):
        self._context, self._address = context, address
        self._page = None
        self._initial_state = None

    def page(self):
        """Return the page as if it had just been started, read a digit, and been cleared.

        A page that can't be brought into this state is replaced.
        """
        if self._page and self.reset() != self._initial_state:
            self.close()
        if not self._page:
            self._page = self._context.new_page()
            self._page.goto(self._address)
            wait_until_started(self._page)
            wait_until_offline_ready(self._page)
            self._page.locator("#teach[data-examples]").wait_for(state="attached")
            draw(self._page, DRAWN_DIGITS["7"])
            expect_digit(self._page, "7")
            self._initial_state = self.reset()
        return self._page

    def reset(self):
        """Undo what a test has done to the page; return the state of the page."""
        page = self._page
        page.mouse.move(0, 0)
        page.mouse.up()
        page.set_viewport_size(VIEWPORT)
        page.emulate_media(**DEFAULT_MEDIA)
        page.evaluate(END_INPUT)
        page.evaluate("code => { pyodide.runPython(code); }", CLEAR)
        wait_for_value(
            lambda: page.evaluate("code => pyodide.runPython(code)", IS_UP_TO_DATE), True
        )
        expect_digit(page, "")
        return page.evaluate(STATE)

    def close(self):
        """Close the tab, if there is one."""
        if self._page:
            self._page.close()
            self._page = None
