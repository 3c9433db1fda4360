"""A part of main.py, pasted in for `# {{part live}}`: open a camera or a microphone.

It needs the parts `page` and `answer`, and `call`, `js_object` and `Rejected` of `interop`.
"""


async def call_or_explain(owner, method, options, thing):
    """Call a method that opens a camera or microphone; explain why, if it fails.

    Args:
        owner: the object with the method; None if the browser offers it only over https.
        method: the name of the method, which returns a promise.
        options: its argument.
        thing: what is opened, such as "camera".

    Raises:
        OSError: The method failed. The message says why and what to do.

    """
    if not owner:
        raise OSError(f"The browser offers no {thing} here: open the page over https.")
    try:
        return await call(owner, method, js_object(options))
    except Rejected as error:
        reasons = {
            "NotAllowedError": f"The {thing} is blocked. Allow it for this page, in the browser's "
            "settings beside the address, and start again.",
            "NotFoundError": f"This device has no {thing}. Choose a file instead.",
            "NotReadableError": f"Another program uses the {thing}. Close it and start again.",
        }
        default = f"The {thing} can't be opened ({error})."
        raise OSError(reasons.get(error.name, default)) from error


def stop_tracks(stream):
    """Switch off the camera or microphone of a stream."""
    for track in stream.getTracks():
        track.stop()


def best_name(outputs, labels):
    """Return the name of the most probable class, from the first output.

    A single probability stands for two classes: its label from 50 % on, else "no" and the label.
    Return NO_NUMBER if a value is NaN, and "" if the output has neither labels nor probabilities.
    """
    name, tensor = next(iter(outputs.items()))
    values = list(tensor.values)
    if len(values) == 1 and are_probabilities(name, tensor, labels):
        label = labels[0] if labels else name
        return label if values[0] >= 0.5 else f"no {label}"
    if not all(value == value for value in values):
        return NO_NUMBER
    if len(labels) == len(values) or are_probabilities(name, tensor):
        return max(zip(values, labels or class_names(name, len(values)), strict=True))[1]
    return ""
