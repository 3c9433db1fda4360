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
from digits.page.dom import element
from digits.page.input.sheet import PEN_WIDTH
from digits.writing.beside import place_result

if TYPE_CHECKING:
    from digits.app import App
    from digits.drawing.ink import Box, Stroke
    from digits.handwriting import Handwriting
    from digits.page.background import Run
    from digits.pen_rest import PenRest
    from digits.sums import Line, Sums
    from digits.words import Words

WIDTH = 0.8
"""The width of the result's lines, in widths of the pen."""
POINTS_AT_ONCE = 3
"""The number of points that are drawn in each frame of the animation."""
FRAME = 1 / 60
"""The time between two frames, in seconds."""


class ResultText:
    """Says each result in the element `sum`, while the pen rests."""

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
        shown = [(line, text) for line in self._sums.lines if (text := self._shown(line))]
        said = [self._said(line) for line, _ in shown]
        if (shown, said) == self._said_before:
            return
        self._said_before = shown, said
        js_sum.dataset.spoken = " ".join(said)
        js_sum.replaceChildren(*(_paragraph(line, text) for line, text in shown))

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

    def _said(self, line: Line) -> str:
        if line.answer and line.answer.kind is not Kind.PREVIEW:
            return spoken(line.answer, self._words.say)
        return self._shown(line)


class ResultInk:
    """Writes the result beside each sum that ends in "=", on a canvas that covers the sheet.

    It is no part of the drawing. It is written in the user's own hand.
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
        self._strokes: list[Stroke] = []
        self._drawn = 0
        sums.changed.add(self._refresh)
        pen.changed.add(self._refresh)
        ResizeObserver.new(create_proxy(lambda *_: self._redraw())).observe(self._js_canvas)
        self._refresh()

    def _refresh(self) -> None:
        lines = [] if self._app.shown_picture else self._sums.lines
        wanted = [(line.ink, _box(line)) for line in lines if line.ink]
        if wanted == self._written:
            return
        if wanted and not self._pen.is_resting:
            wanted = [each for each in self._written if each in wanted]
        self._written = wanted
        if wanted:  # the sum is finished: its own digits are used, too
            self._handwriting.learn_drawing()
        taken = [symbol.box for line in lines for symbol in line.symbols]
        self._strokes = []
        for text, box in wanted:
            placed = place_result(self._handwriting.write(text), box, taken)
            taken += [box_around([stroke]) for stroke in placed]
            self._strokes += placed
        self._drawn = 0
        self._run(self._animate(self._strokes))

    async def _animate(self, strokes: list[Stroke]) -> None:
        """Draw strokes point by point, unless others have replaced them."""
        total = sum(map(len, strokes))
        if window.matchMedia("(prefers-reduced-motion: reduce)").matches:
            self._drawn = total
        while strokes is self._strokes:
            self._drawn = min(self._drawn + POINTS_AT_ONCE, total)
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
        js_context.lineWidth = side * PEN_WIDTH * WIDTH
        remaining = self._drawn
        for stroke in self._strokes:
            points, remaining = stroke[:remaining], max(remaining - len(stroke), 0)
            if points:
                js_context.beginPath()
                js_context.moveTo(points[0][0] * side, points[0][1] * side)
                for x, y in points[1:] or points:  # a line to the same point draws a dot
                    js_context.lineTo(x * side, y * side)
                js_context.stroke()


def _paragraph(line: Line, text: str) -> Any:
    js_paragraph = document.createElement("p")
    js_paragraph.textContent = text
    kind = line.answer.kind.value if line.answer else "problem"
    js_paragraph.className = kind
    return js_paragraph


def _box(line: Line) -> Box:
    """Return the box of a line: from its first to its last symbol, as high as its digits."""
    boxes = [symbol.box for symbol in line.symbols]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    measured = LineMeasure(boxes)
    middle = measured.middle_at(right)
    return left, middle - measured.height / 2, right, middle + measured.height / 2
