"""What each layer of the network makes of an image: computed once somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from digits.page.dom import element, js_pixels, on
from digits.reading.contract import LAYER_PREFIX
from digits.reading.paint import maps_per_row, paint_maps

if TYPE_CHECKING:
    from digits.drawing.raster import Image
    from digits.page.main import Page
    from offline_onnx import TensorSpec


class Layers:
    """A figure for each layer, with all of its maps; hidden if the model does not give them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._image: Image | None = None
        self._drawn: Image | None = None
        self._made_for: list[TensorSpec] = []
        self._js_canvases: dict[str, Any] = {}
        on(element("layers"), "toggle", lambda _: page.run(self._draw()))

    async def show(self, image: Image | None) -> None:
        """Have the layers of this image seen: now, or once they are looked at. None clears them."""
        self._image = image
        element("layers").hidden = not self._specs()
        await self._draw()

    def _specs(self) -> list[TensorSpec]:
        model = self._page.app.model
        outputs = model.get_outputs() if model else []
        return [output for output in outputs if output.name.startswith(LAYER_PREFIX)]

    async def _draw(self) -> None:
        """Run the model for the layers. Raises SessionError."""
        reader, specs, image = self._page.app.recogniser, self._specs(), self._image
        known = specs == self._made_for
        if reader is None or (image is self._drawn and known) or not element("layers").open:
            return
        if not known:
            element("layers-list").replaceChildren()
            self._made_for = specs
            self._js_canvases = {spec.name: self._canvas(*spec.shape[1:]) for spec in specs}
        self._drawn = image
        if image is None:
            for js_canvas in self._js_canvases.values():
                js_canvas.getContext("2d").clearRect(0, 0, js_canvas.width, js_canvas.height)
            return
        (values,) = await reader.outputs([image], [spec.name for spec in specs])
        for spec in specs:
            js_canvas = self._js_canvases[spec.name]
            pixels = paint_maps(values[spec.name], *map(int, spec.shape[1:]))
            js_canvas.getContext("2d").putImageData(js_pixels(pixels, js_canvas.width), 0, 0)

    def _canvas(self, *shape: int | str) -> Any:
        """Add a figure for a layer."""
        maps, height, width = map(int, shape)
        js_canvas = document.createElement("canvas")
        js_canvas.width = maps_per_row(maps) * (width + 1) - 1
        js_canvas.height = -(-maps // maps_per_row(maps)) * (height + 1) - 1
        js_canvas.role = "img"
        js_caption = document.createElement("figcaption")
        number = element("layers-list").childElementCount + 1
        js_caption.textContent = js_canvas.ariaLabel = self._page.words.say(
            "why_layer", number=number, maps=maps, width=width, height=height
        )
        js_figure = document.createElement("figure")
        js_figure.append(js_caption, js_canvas)
        element("layers-list").append(js_figure)
        return js_canvas
