"""The results of sums: as text below the number, and in ink beside each sum on the sheet."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from js import ResizeObserver, document, getComputedStyle, window
from pyodide.ffi import create_proxy

from digits.arithmetic.answer import Kind
from digits.arithmetic.speech import spoken
from digits.drawing.ink import box_around
from digits.drawing.lines import Line as LineMeasure
from digits.page.answer.number import typeset
from digits.page.dom import element, on
from digits.page.input.screen import INK_COLOUR_QUERIES
from digits.page.input.sheet import PEN_WIDTH
from digits.writing.beside import overlap, place_result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import App
    from digits.drawing.ink import Box, Stroke
    from digits.handwriting import Handwriting
    from digits.page.background import Run
    from digits.pen_rest import PenRest
    from digits.sums import Line, Sums
    from digits.words import Words

WIDTH = 0.8
"""The width of the result's strokes, in widths of the pen."""
MAX_WIDTH = 0.18
"""The largest width of the strokes, in heights of a digit. Thicker ones would blot small digits."""
POINTS_AT_ONCE = 3
"""The minimum number of points that are drawn in each frame of the animation."""
FRAMES = 60
"""The approximate number of frames of a long animation; a short one has fewer."""
FRAME = 1 / 60
"""The time between two frames, in seconds."""


class ResultText:
    """Shows the results as text in the element `sum`. The text changes only while the pen rests."""

    def __init__(self, sums: Sums, words: Words, pen: PenRest) -> None:
        self._sums = sums
        self._words = words
        self._pen = pen
        self._said_before: object = None
        sums.changed.add(self._refresh)
        pen.changed.add(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        js_sum = element("sum")
        if not self._pen.is_resting:
            return
        results = [(line, text) for line in self._sums.lines if (text := self._shown(line))]
        said = [self._said(line, text) for line, text in results]
        shown = results
        if len(results) > 1:
            shown = [(line, self._with_sum(line, text)) for line, text in results]
            said = [
                text if _says_sum(line) else typeset(self._with_sum(line, text))
                for (line, _), text in zip(results, said, strict=True)
            ]
        if (shown, said) == self._said_before:
            return
        self._said_before = shown, said
        js_sum.dataset.spoken = " ".join(said)
        js_sum.classList.toggle("several", len(shown) > 1)
        js_sum.replaceChildren(*(_paragraph(line, typeset(text)) for line, text in shown))

    def _shown(self, line: Line) -> str:
        if line.problem:
            return self._words.say(line.problem)
        if line.answer is None:
            return ""
        match line.answer.kind:
            case Kind.RIGHT:
                return self._words.say("sum_right")
            case Kind.WRONG:
                return self._words.say("sum_wrong", correction=line.answer.shown)
        return f"= {line.answer.shown}"

    def _with_sum(self, line: Line, text: str) -> str:
        """Return a result after its sum, so that users can tell several results apart."""
        if line.answer is None or line.answer.kind is Kind.RIGHT:
            return self._words.say("result_of_line", sum=line.text.removesuffix("="), result=text)
        if line.answer.kind is Kind.WRONG:
            return text  # the correction has the sum in it
        return f"{line.answer.written} {text}"

    def _said(self, line: Line, text: str) -> str:
        if line.answer and line.answer.kind is not Kind.PREVIEW:
            return spoken(line.answer, self._words.say)
        return typeset(text)


class ResultInk:
    """Writes the result beside each sum that ends in "=", on a canvas that covers the sheet.

    The result is not part of the drawing. It is written in the user's own hand.
    """

    def __init__(
        self, app: App, sums: Sums, pen: PenRest, handwriting: Handwriting, run: Run
    ) -> None:
        self._app = app
        self._sums = sums
        self._pen = pen
        self._run = run
        self._handwriting = handwriting
        self._js_canvas = element("result")
        self._js_context = self._js_canvas.getContext("2d")
        self._written: list[tuple[str, Box]] = []
        self._taken: list[Box] = []
        self._strokes: list[tuple[Stroke, float]] = []
        """Each stroke of the results, and its width as a fraction of the sheet's side."""
        self._drawn = 0
        sums.changed.add(self._refresh)
        pen.changed.add(self._refresh)
        ResizeObserver.new(create_proxy(lambda *_: self._redraw())).observe(self._js_canvas)
        for query in INK_COLOUR_QUERIES:
            on(window.matchMedia(query), "change", lambda _: self._redraw())
        self._refresh()

    def _refresh(self) -> None:
        lines = [] if self._app.shown_picture else self._sums.lines
        wanted = [(line.ink, _box(line)) for line in lines if line.ink]
        taken = [symbol.box for line in lines for symbol in line.symbols]
        if wanted == self._written and (taken == self._taken or not self._pen.is_resting):
            return
        if wanted and not self._pen.is_resting:
            wanted = [each for each in self._written if each in wanted]
            if wanted == self._written:
                return
        is_same_place = wanted == self._written and not self._is_covered(taken)
        self._written, self._taken = wanted, list(taken)
        if is_same_place:
            return
        if wanted:  # the sum is finished, so the result can be written like its symbols
            self._handwriting.learn_drawing()
        self._strokes = []
        for text, box in wanted:
            written = self._handwriting.write(text)
            placed = place_result(written, box, taken)
            taken += [box_around([stroke]) for stroke in placed]
            if placed:
                height = _extent(placed) / _extent(written)
                width = min(PEN_WIDTH * WIDTH, MAX_WIDTH * height)
                self._strokes += [(stroke, width) for stroke in placed]
        self._drawn = 0
        self._run(self._animate(self._strokes))

    def _is_covered(self, taken: Sequence[Box]) -> bool:
        """Return whether something was drawn over a result."""
        boxes = [box_around([stroke]) for stroke, _ in self._strokes]
        return any(overlap(box, other) for box in boxes for other in taken)

    async def _animate(self, strokes: list[tuple[Stroke, float]]) -> None:
        """Draw strokes point by point; stop if other strokes have replaced them."""
        total = sum(len(stroke) for stroke, _ in strokes)
        at_once = max(POINTS_AT_ONCE, total // FRAMES)
        if window.matchMedia("(prefers-reduced-motion: reduce)").matches:
            self._drawn = total
        while strokes is self._strokes:
            self._drawn = min(self._drawn + at_once, total)
            self._redraw()
            if self._drawn >= total:
                return
            await asyncio.sleep(FRAME)

    def _redraw(self) -> None:
        """Draw the points that have been written so far, at the screen's resolution."""
        side = round(self._js_canvas.clientWidth * window.devicePixelRatio)
        self._js_canvas.width = self._js_canvas.height = side
        js_context = self._js_context
        js_context.lineCap = js_context.lineJoin = "round"
        js_context.strokeStyle = getComputedStyle(self._js_canvas).color
        remaining = self._drawn
        for stroke, width in self._strokes:
            js_context.lineWidth = side * width
            points, remaining = stroke[:remaining], max(remaining - len(stroke), 0)
            if points:
                js_context.beginPath()
                js_context.moveTo(points[0][0] * side, points[0][1] * side)
                for x, y in points[1:] or points:  # a line to the same point draws a dot
                    js_context.lineTo(x * side, y * side)
                js_context.stroke()


def _says_sum(line: Line) -> bool:
    """Return whether the spoken result of a line contains its sum."""
    return line.answer is not None and line.answer.kind in {Kind.ANSWER, Kind.WRONG}


def _paragraph(line: Line, text: str) -> Any:
    js_paragraph = document.createElement("p")
    js_paragraph.textContent = text
    js_paragraph.dataset.kind = line.answer.kind.value if line.answer else "problem"
    return js_paragraph


def _box(line: Line) -> Box:
    """Return the box of a line: from its first to its last symbol, as high as its digits."""
    boxes = [symbol.box for symbol in line.symbols]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    measured = LineMeasure(boxes)
    middle = measured.middle_at(right)
    return left, middle - measured.height / 2, right, middle + measured.height / 2


def _extent(strokes: Sequence[Stroke]) -> float:
    """Return the longer side of the box around some strokes; 1 for a single point."""
    left, top, right, bottom = box_around(strokes)
    return max(right - left, bottom - top) or 1.0
