"""A part of main.py, pasted in for `# {{part page}}`: show texts, load the model.

It needs MANIFEST, `document`, `console`, and what it uses of `offline_onnx`.
"""


def element(element_id):
    """Return the element of the page with this id."""
    return document.getElementById(element_id)


def show(element_id, text):
    """Show a text in an element. A screen reader reads the answer when its text changes."""
    if element(element_id).textContent != text:
        element(element_id).textContent = text


def reporting(function):
    """Decorate an async function: its errors are shown in the page and in the browser's console."""

    async def reported(*arguments):
        try:
            show("failure", "")
            await function(*arguments)
        except Exception as error:
            is_known = isinstance(error, (OfflineModelError, OSError, ValueError))
            message = str(error) if is_known else f"{type(error).__name__}: {error}"
            console.error(message)
            show("failure", message)

    return reported


def size_of(manifest):
    """Return the size of a model as text."""
    size = manifest.total_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} KB"


async def load_model():
    """Load the model, and show where it came from: a download, or this device."""
    model = await BrowserModelStore().load(
        MANIFEST, progress=lambda done, total: show("origin", f"{done:,} of {total:,} bytes …")
    )
    origin = "was on this device" if model.origin is Origin.STORED else "was downloaded"
    show("origin", f"The model ({size_of(model.manifest)}) {origin}.")
    if model.warning:
        console.warn(str(model.warning))
    return model
