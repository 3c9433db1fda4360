"""Show the feature maps of each layer of the network, when the user opens the section `layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import add_child, element, js_pixels, on
from digits.reading.contract import LAYER_PREFIX
from digits.reading.paint import maps_per_row, paint_maps
from offline_onnx import OfflineModelError

if TYPE_CHECKING:
    from digits.app import App
    from digits.drawing.raster import Image
    from digits.page.background import Run
    from digits.reading.recogniser import Recogniser
    from digits.words import Words
    from offline_onnx.inference.tensor import TensorSpec


class Layers:
    """A figure for each layer, with its feature maps; hidden if the model has no layer outputs."""

    def __init__(self, app: App, words: Words, run: Run) -> None:
        self._app = app
        self._words = words
        self._image: Image | None = None
        self._drawn_image: Image | None = None
        self._drawn_recogniser: Recogniser | None = None
        self._figure_specs: list[TensorSpec] = []
        self._js_canvases: dict[str, Any] = {}
        on(element("layers"), "toggle", lambda _: run(self.draw()))

    async def show(self, image: Image | None) -> None:
        """Draw the layers of this image if they are open, otherwise when the user opens them.

        Args:
            image: The image; None clears the figures.

        """
        self._image = image
        element("layers").hidden = not self._layer_outputs()
        await self.draw()

    async def draw(self) -> None:
        """Draw the layers if they are open and not drawn yet. A failure is shown in their place."""
        recogniser, specs, image = self._app.recogniser, self._layer_outputs(), self._image
        is_drawn = image is self._drawn_image and recogniser is self._drawn_recogniser
        if recogniser is None or is_drawn or not (specs and element("layers").open):
            return
        values = None
        if image is not None:
            try:
                (values,) = await recogniser.outputs([image], [spec.name for spec in specs])
            except OfflineModelError as error:
                if image is self._image:
                    self._show_failure(error)
                return
            if image is not self._image or recogniser is not self._app.recogniser:
                return  # the image or model has changed meanwhile: another call draws the new one
        if specs != self._figure_specs:
            element("layers-list").replaceChildren()
            self._js_canvases = {
                spec.name: self._add_figure(*(spec.shape or ())[1:]) for spec in specs
            }
            self._figure_specs = specs
        self._drawn_recogniser = None  # if an error stops the loop, the next call draws all again
        for spec in specs:
            js_canvas = self._js_canvases[spec.name]
            js_context = js_canvas.getContext("2d")
            if values is None:
                js_context.clearRect(0, 0, js_canvas.width, js_canvas.height)
            else:
                pixels = paint_maps(values[spec.name], *map(int, (spec.shape or ())[1:]))
                js_context.putImageData(js_pixels(pixels, js_canvas.width), 0, 0)
        self._drawn_image, self._drawn_recogniser = image, recogniser

    def _layer_outputs(self) -> list[TensorSpec]:
        model = self._app.model
        outputs = model.get_outputs() if model else []
        return [output for output in outputs if output.name.startswith(LAYER_PREFIX)]

    def _show_failure(self, error: OfflineModelError) -> None:
        """Show why there are no figures. The next call of `draw` tries to draw them again."""
        element("layers-list").replaceChildren()
        add_child(element("layers-list"), "p", self._words.failure(error))
        self._drawn_recogniser, self._figure_specs = None, []

    def _add_figure(self, *shape: int | str) -> Any:
        """Add a figure for a layer, and return its canvas."""
        maps, height, width = map(int, shape)
        js_canvas = document.createElement("canvas")
        js_canvas.width = maps_per_row(maps) * (width + 1) - 1
        js_canvas.height = -(-maps // maps_per_row(maps)) * (height + 1) - 1
        js_canvas.role = "img"
        js_caption = document.createElement("figcaption")
        number = element("layers-list").childElementCount + 1
        js_caption.textContent = js_canvas.ariaLabel = self._words.say(
            "why_layer", number=number, maps=maps, width=width, height=height
        )
        js_figure = document.createElement("figure")
        js_figure.append(js_caption, js_canvas)
        element("layers-list").append(js_figure)
        return js_canvas
