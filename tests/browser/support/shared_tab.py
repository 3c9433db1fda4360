"""A tab with the app's page, which one test after the other uses."""

from tests.browser.support.drawing import (
    DRAWN_DIGITS,
    draw,
    expect_digit,
    wait_for_value,
    wait_until_offline_ready,
    wait_until_started,
)

VIEWPORT = {"width": 1280, "height": 800}
# "null" ends Playwright's emulation of a media feature.
DEFAULT_MEDIA = {
    "media": "null",
    "color_scheme": "null",
    "reduced_motion": "reduce",
    "forced_colors": "null",
    "contrast": "null",
}
# Runs Python; returns the value of its last expression, or undefined if it is a Python object.
RUN = """async (code) => {
  const value = await pyodide.runPythonAsync(code);
  return typeof value === "object" ? undefined : value;
}"""
# Ends all input and closes all panels.
END_INPUT = """() => {
  document.getElementById("back").click();
  document.getElementById("picture-error").textContent = ""; // an error hidden by the button "back"
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  document.activeElement.blur();
  delete navigator.clipboard.read; // a test may have replaced the browser's functions
  delete navigator.clipboard.writeText;
  getSelection().removeAllRanges();
  scrollTo(0, 0);
}"""
# Remembers the parts of the page's Python that tests replace, and that CLEAR restores.
REMEMBER = """
from js import document
from digits.page import main
from digits.page.panels import deferred_work, layers

page = main.page
own_recogniser = page.app.recogniser
own_session = own_recogniser.model.session
own_threshold = own_recogniser.model.metadata["threshold"]
own_values = [
    (module, name, getattr(module, name))
    for module, name in ((deferred_work, "DELAY"), (deferred_work, "time"), (layers, "paint_maps"))
]
"""
# Restores what a test has replaced; clears the sheet, the actions that the user could undo, and
# what the page knows about pointers.
CLEAR = """
page = main.page
page.app.recogniser = own_recogniser
own_recogniser.model.__dict__["session"] = own_session
own_recogniser.model.metadata["threshold"] = own_threshold
for module, name, value in own_values:
    setattr(module, name, value)
page._edit(page.app.clear_drawing)
page.app.ink._cleared.clear()
page._sheet._pointers.__init__(page.app.ink)
other_actions = page.late_controls.teacher._actions._other_actions
other_actions.clear()
page._show_and_read_drawing()
"""
IS_UP_TO_DATE = "main.page.app.is_up_to_date"
# Forgets what was taught, and the explanation of the previous drawing.
FORGET = """
teacher = page.late_controls.teacher
if teacher.examples or teacher.can_undo or teacher.unreadable_count:
    await teacher.forget_all()
    teacher._teaching._undo.clear()
    teacher._show_undo()
    teacher._show("")
    other_actions.clear()
if why_panel := page.late_controls.panels._created.get("why"):
    await why_panel._explain()
    why_panel._layers._figure_specs, why_panel._layers._drawn_image = [], None
    document.getElementById("layers-list").replaceChildren()
"""
# Returns what a test could have changed: the document (without the content of closed
# panels and hidden elements), the storage except the history and the handwriting, which are deleted
# first, the scroll position, and the number of actions that the user could undo.
DELETE_HISTORY_AND_RETURN_STATE = """() => {
  localStorage.removeItem("offline-digits-history");
  localStorage.removeItem("offline-digits-hand");
  const copy = document.documentElement.cloneNode(true);
  copy.querySelector("#spoken").textContent = ""; // changes a moment after the rest of the page
  for (const hidden of copy.querySelectorAll("[hidden]")) hidden.replaceChildren();
  for (const panel of copy.querySelectorAll("details:not([open])")) panel.replaceWith(panel.id);
  // A bar has no length before it has been used, and the length 0 afterwards.
  const html = copy.outerHTML.replaceAll(' style="--part: 0.000;"', "").replaceAll(' class=""', "");
  const session = {...sessionStorage}, local = {...localStorage};
  delete local["offline-digits-taught"]; // written to notify other tabs of changed examples
  const actions = pyodide.runPython("len(page.app.ink.actions) + len(other_actions)");
  return { html, session, local, actions, scroll: [scrollX, scrollY] };
}"""


def prefer_chinese(page):
    """Make the browser prefer Chinese in this tab."""
    agent = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": "zh-CN"}
    page.context.new_cdp_session(page).send("Emulation.setUserAgentOverride", agent)


class SharedTab:
    """A tab with the app's page, which `page` opens at its first call, and again after `close`.

    Args:
        context: a browser context that has visited the page.
        address: the page's address.
        prepare: a function that is called with a new tab before the page is opened in it, or None.
    """

    def __init__(self, context, address, prepare=None):
        self._context, self._address, self._prepare = context, address, prepare
        self._page = None
        self._initial_state = None

    def page(self):
        """Return the page in its initial state: it has started, read a digit, and been cleared.

        A page that can't be reset to this state is replaced with a new one.
        """
        if self._page and self.reset() != self._initial_state:
            self.close()
        if not self._page:
            self._page = self._context.new_page()
            if self._prepare:
                self._prepare(self._page)
            self._page.goto(self._address)
            wait_until_started(self._page)
            wait_until_offline_ready(self._page)
            self._page.locator("#teach[data-examples]").wait_for(state="attached")
            draw(self._page, DRAWN_DIGITS["7"])
            expect_digit(self._page, "7")
            self._run_python(REMEMBER)
            self._initial_state = self.reset()
        return self._page

    def reset(self):
        """Undo what a test has done to the page; return the state of the page.

        This resets the input and the drawing, the panels, the history, the handwriting and the
        examples, the recogniser with its session and threshold, the values that REMEMBER lists,
        the clipboard's functions, the window's size and the emulated media.
        """
        page = self._page
        page.mouse.move(0, 0)
        page.mouse.up()
        page.set_viewport_size(VIEWPORT)
        page.emulate_media(**DEFAULT_MEDIA)
        page.evaluate(END_INPUT)
        self._run_python(CLEAR)
        wait_for_value(lambda: self._run_python(IS_UP_TO_DATE), True)
        expect_digit(page, "")
        self._run_python(FORGET)
        wait_for_value(lambda: self._run_python(IS_UP_TO_DATE), True)
        return page.evaluate(DELETE_HISTORY_AND_RETURN_STATE)

    def _run_python(self, code):
        """Run Python in the page, and return the value of its last expression."""
        return self._page.evaluate(RUN, code)

    def close(self):
        """Close the tab, if there is one."""
        if self._page:
            self._page.close()
            self._page = None
