"""A part of main.py, pasted in for `# {{part answer}}`: show the outputs of the model.

It needs `element` and `show` of the part `page`, and `document`.
"""

NO_NUMBER = "Not a number (NaN)"
DIGITS = {"float16": 4, "float32": 7, "float64": 12}  # significant digits that are shown, by dtype


def new_element(tag, text="", class_name=""):
    """Return a new element."""
    created = document.createElement(tag)
    created.textContent = text
    created.className = class_name
    return created


def show_answer(outputs, labels, headline=""):
    """Show the answer, and the outputs: probable classes as bars, all else as texts and tables.

    Args:
        outputs: the model's outputs, by name. `main_output` chooses the answer. Other single values
            are shown as lines; the rest is folded.
        labels: the names of the classes; () if there are none.
        headline: the answer in one line; "" for the one that follows from the outputs.

    """
    details = new_element("div")
    first, main = next(iter(outputs)), main_output(outputs, labels)
    best = show_output(details, main, outputs[main], labels)
    for name, tensor in outputs.items():
        if name == main:
            continue
        is_single = len(tensor.values) == 1
        if name == first and is_single and not tensor.dtype.startswith("float"):
            chosen = texts_of(tensor)[0]  # the class that the model itself chose
            best = chosen if chosen in labels or not labels else best
        elif is_single:
            line = new_element("p", class_name="name-value")
            line.append(new_element("span", name), new_element("span", texts_of(tensor)[0]))
            details.append(line)
        else:
            folded = new_element("details")
            folded.append(new_element("summary", name))
            show_output(folded, name, tensor, ())
            details.append(folded)
    show("answer", headline or best or "The model has answered.")
    element("details").replaceChildren(*details.childNodes)


def main_output(outputs, labels):
    """Return the name of the output that is the answer.

    This is the first output with a number for each label, floats before other dtypes. Else, if the
    first output is a single text or whole number, which may be the chosen class, it is the first
    output with the probabilities of several classes. Else it is the first output.
    """
    first = next(iter(outputs))
    numbers = [name for name, tensor in outputs.items() if tensor.dtype != "string"]
    for name in sorted(numbers, key=lambda name: not outputs[name].dtype.startswith("float")):
        if labels and len(outputs[name].values) == len(labels):
            return name
    if len(outputs[first].values) == 1 and not outputs[first].dtype.startswith("float"):
        for name in numbers:
            if len(outputs[name].values) > 1 and are_probabilities(name, outputs[name]):
                return name
    return first


def show_output(parent, name, tensor, labels):
    """Show an output as bars or a table; return the answer in one line, "" if there is none."""
    names = labels if len(labels) == len(tensor.values) and tensor.dtype != "string" else ()
    is_share = are_probabilities(name, tensor, names)
    if names or is_share:
        names = names or class_names(name, len(tensor.values))
        return show_bars(parent, tensor, names, is_share=is_share)
    return show_table(parent, tensor)


def are_probabilities(name, tensor, labels=()):
    """Return whether the values of an output seem to be probabilities, in a single row.

    They are floats from 0 to 1, and one of these is true: the output's name contains a word such as
    `prob`; there are several values, and they add up to 1; there is a single value with a label.
    """
    values = list(tensor.values)
    is_row = len(tensor.shape) < 2 or len(values) == tensor.shape[-1]
    if not is_row or not values or not tensor.dtype.startswith("float"):
        return False
    if not all(0 <= value <= 1 for value in values):
        return False
    if any(word in name.lower() for word in ("prob", "confidence", "likelihood")):
        return len(values) < 10_000
    if len(values) == 1:
        return len(labels) == 1
    return len(values) < 10_000 and abs(sum(values) - 1) < 0.01


def class_names(name, count):
    """Return names for classes without labels."""
    return [name] if count == 1 else [f"class {number}" for number in range(count)]


def percent(share):
    """Return a share from 0 to 1 as a percentage: one decimal, or two close to 0 and 100."""
    if share in (0, 1):
        return f"{share:.0%}"
    if not 0.0001 <= share <= 0.9999:
        return "under 0.01%" if share < 0.5 else "over 99.99%"
    return f"{share:.2%}" if not 0.001 <= share < 0.9995 else f"{share:.1%}"


def number_text(value, dtype):
    """Return a number as text, a float with up to DIGITS significant digits."""
    if value != value:
        return NO_NUMBER
    if value - value != 0:
        return "Infinite" if value > 0 else "Minus infinite"
    digits = DIGITS.get(dtype)
    if dtype == "bool":
        return "yes" if value else "no"
    if not digits or 10**digits <= abs(value) < 1e21:
        return f"{value:.0f}" if digits else str(value)
    return f"{value:.{digits}g}"


def texts_of(tensor):
    """Return the values of an output as texts."""
    if tensor.dtype == "string":
        return list(tensor.values)
    return [number_text(value, tensor.dtype) for value in tensor.values]


def show_bars(parent, tensor, names, *, is_share, most=5):
    """Show the highest values as bars; return the answer in one line."""
    values = [value if value - value == 0 else float("-inf") for value in tensor.values]
    finite = [value for value in values if value - value == 0]
    low, high = (0, 1) if is_share or not finite else (min(finite), max(finite))
    shown = zip(values, names, texts_of(tensor), strict=True)
    best = sorted(shown, key=lambda each: each[0], reverse=True)[:most]
    bars = new_element("ol", class_name="bars")
    for value, name, text in best:
        item = new_element("li")
        item.title = text
        item.append(new_element("span", name))
        item.append(new_element("span", percent(value) if is_share else text))
        bar = new_element("div", class_name="bar")
        bar.append(new_element("div"))
        share = (max(value, low) - low) / ((high - low) or 1)
        bar.firstChild.style.setProperty("--share", f"{100 * share:.1f}%")
        item.append(bar)
        bars.append(item)
    parent.append(bars)
    if not finite:
        return NO_NUMBER
    if len(values) == 1:
        return f"{names[0]}: {percent(values[0]) if is_share else best[0][2]}"
    return best[0][1]


def show_table(parent, tensor, most=100, columns=12):
    """Return a single value as text, without a table. Else show a table of the values.

    In this case, return "" or, if all values are NaN, NO_NUMBER.
    """
    texts = texts_of(tensor)
    if len(texts) == 1:
        return texts[0]
    width = tensor.shape[-1] if len(tensor.shape) > 1 and tensor.shape[-1] <= columns else 1
    table = new_element("table")
    for start in range(0, min(len(texts), most), width or 1):
        row = new_element("tr")
        row.append(*(new_element("td", text) for text in texts[start : start + width]))
        table.append(row)
    scroll = new_element("div", class_name="scroll")
    scroll.tabIndex = 0
    scroll.title = f"{' x '.join(map(str, tensor.shape))} values, {tensor.dtype}"
    scroll.append(table)
    parent.append(scroll)
    if len(texts) > most:
        parent.append(new_element("p", f"The first {most} of {len(texts):,} values.", "hint"))
    return NO_NUMBER if all(text == NO_NUMBER for text in texts) and texts else ""
