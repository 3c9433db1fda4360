"""A part of main.py, pasted in for `# {{part picture}}`: turn pictures into the model's input.

It needs the constants of the part `pixels`, and `createImageBitmap`, `js_object`, `JsException`,
`Tensor` and `values_of`.
"""


def layout(spec):
    """Return the height, width and number of channels of an input for pictures.

    The fourth value is whether the dimension of the channels comes before those of the pixels.
    """
    _, *sizes = spec.shape
    is_first = sizes[0] in (1, 3)
    channels, height, width = sizes if is_first else (sizes[2], sizes[0], sizes[1])
    height = SIZE[0] if isinstance(height, str) else height
    width = SIZE[1] if isinstance(width, str) else width
    return height, width, channels, is_first


def pixels_of(source, source_width, source_height, canvas, spec):
    """Return a picture as the input of the model.

    Args:
        source: a video or a bitmap. It is cropped around its centre to the proportions of the
            model's input.
        source_width: the width of the source in pixels.
        source_height: the height of the source in pixels.
        canvas: shows the picture as the model sees it.
        spec: the spec of the input.

    """
    height, width, channels, is_first = layout(spec)
    canvas.width, canvas.height, canvas.hidden = width, height, False
    scale = min(source_width / width, source_height / height)
    used_width, used_height = width * scale, height * scale
    left, top = (source_width - used_width) / 2, (source_height - used_height) / 2
    context = canvas.getContext("2d", js_object({"willReadFrequently": True}))
    context.imageSmoothingQuality = "high"
    context.drawImage(source, left, top, used_width, used_height, 0, 0, width, height)
    rgba = context.getImageData(0, 0, width, height).data.to_bytes()
    planes = [rgba[{"R": 0, "G": 1, "B": 2}[letter] :: 4] for letter in ORDER]
    if channels == 1:
        weighted = zip(rgba[::4], rgba[1::4], rgba[2::4], strict=True)
        planes = [[round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in weighted]]
    values = [0] * (channels * height * width)
    for channel, plane in enumerate(planes):
        # A table of all 256 values is faster than a computation for each pixel.
        table = [(value - MEAN[channel]) / STD[channel] for value in range(256)]
        if spec.dtype == "uint8":
            table = list(range(256))
        start, step = (channel * height * width, 1) if is_first else (channel, channels)
        stop = start + height * width if is_first else None
        values[start:stop:step] = map(table.__getitem__, plane)
    shape = (channels, height, width) if is_first else (height, width, channels)
    return Tensor(values_of(values, spec.dtype), (1, *shape), spec.dtype)


async def picture_in(file, canvas, spec):
    """Return the picture in a file as the input of the model."""
    try:
        bitmap = await createImageBitmap(file)
    except JsException as error:
        message = "The browser can't read this picture. Choose a JPEG or PNG file."
        raise ValueError(message) from error
    return pixels_of(bitmap, bitmap.width, bitmap.height, canvas, spec)
