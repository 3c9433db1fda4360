def new_element(tag, text="", class_name=""):
    """Return a new element."""
    created = document.createElement(tag)
    created.textContent = text
    created.className = class_name
    return created


def show_answer(outputs, labels, headline=""):
    """Show outputs: the most probable classes as bars, all else as tables.

    Args:
        outputs: the model's outputs, by name. The labels are those of the first; the others are
            shown only when the user opens them.
        labels: the names of the classes; () if there are none.
        headline: the answer in one line; "" for the most probable class.

    """
    details = new_element("div")
    for index, (name, tensor) in enumerate(outputs.items()):
        parent = details
        if index:
            parent, labels = new_element("details"), ()
            parent.append(new_element("summary", name))
            details.append(parent)
        values = list(tensor.values)
        names = labels if len(labels) == len(values) else ()
        if names or are_probabilities(tensor):
            best = show_bars(parent, values, names or class_names(name, len(values)))
        else:
            best = show_table(parent, tensor)
            if index:
                parent.append(new_element("p", best))
        if not index:
            headline = headline or best
    show("answer", headline or "The model has answered.")
    element("details").replaceChildren(*details.childNodes)


def are_probabilities(tensor):
    """Return whether numbers are probabilities: one number, or several with the sum 1."""
    values = list(tensor.values)
    if not tensor.dtype.startswith("float") or not all(0 <= value <= 1 for value in values):
        return False
    return len(values) == 1 or (len(values) < 10_000 and abs(sum(values) - 1) < 0.01)


def class_names(name, count):
    """Return names for classes without labels."""
    return [name] if count == 1 else [f"class {number}" for number in range(count)]


def percent(share):
    """Return a share as a percentage."""
    return "under 1%" if 0 < share < 0.01 else "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def show_bars(parent, values, names, most=5):
    """Show the highest values as bars; return the name of the highest one."""
    best = sorted(zip(values, names, strict=True), reverse=True)[:most]
    is_share = all(0 <= value <= 1 for value in values)
    low, high = (0, 1) if is_share else (min(values), max(values))
    bars = new_element("ol", class_name="bars")
    for value, name in best:
        item = new_element("li")
        item.append(new_element("span", name))
        item.append(new_element("span", percent(value) if is_share else f"{value:.4g}"))
        bar = new_element("div", class_name="bar")
        bar.append(new_element("div"))
        share = (value - low) / ((high - low) or 1)
        bar.firstChild.style.setProperty("--share", f"{100 * share:.1f}%")
        item.append(bar)
        bars.append(item)
    parent.append(bars)
    if len(values) == 1:
        return f"{names[0]}: {percent(values[0])}" if is_share else f"{names[0]}: {values[0]:.4g}"
    return best[0][1]


def show_table(parent, tensor, most=100, columns=12):
    """Show numbers or texts as a table; return the value if there is only one, else ""."""
    is_float = tensor.dtype.startswith("float")
    values = [f"{each:.4g}" if is_float else str(each) for each in tensor.values]
    if len(values) == 1:
        return values[0]
    width = tensor.shape[-1] if len(tensor.shape) > 1 and tensor.shape[-1] <= columns else 1
    table = new_element("table")
    for start in range(0, min(len(values), most), width or 1):
        row = new_element("tr")
        row.append(*(new_element("td", text) for text in values[start : start + width]))
        table.append(row)
    scroll = new_element("div", class_name="scroll")
    scroll.tabIndex = 0
    scroll.append(table)
    parent.append(scroll)
    shape = " x ".join(map(str, tensor.shape))
    shown = f" The first {most} are shown." if len(values) > most else ""
    parent.append(new_element("p", f"{shape} values, {tensor.dtype}.{shown}", "hint"))
    return ""
