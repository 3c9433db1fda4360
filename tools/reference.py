"""Write the library's API reference as Markdown. griffe reads the docstrings and signatures."""

from __future__ import annotations

import re
from importlib import import_module
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import griffe

from tools.console import say
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = venv.ROOT / "docs" / "reference.md"
PUBLIC_MODULES = {
    "offline_onnx": "Everywhere",
    "offline_onnx.browser": "In the browser",
    "offline_onnx.errors": "Errors",
    "offline_onnx.native": "On CPython",
    "offline_onnx.describe": "Writing a manifest",
}
"""The public modules in the order of the reference, and their headings."""
FURTHER_CLASSES = {
    "offline_onnx.storage.model_store": ("ModelInfo", "Update", "UpdateState", "ModelStore"),
    "offline_onnx.storage.source": ("Source", "Download"),
    "offline_onnx.storage.store": ("Store", "CurrentVersion", "Head", "Version"),
    "offline_onnx.inference.tensor": ("TensorSpec",),
    "offline_onnx.inference.model_file": ("ModelFile",),
    "offline_onnx.inference.self_test": ("SelfTest", "Sample"),
    "offline_onnx.inference.session": ("Runtime", "Session"),
    "offline_onnx.integrity": ("Memory",),
    "offline_onnx.onnxruntime_api.metadata": ("ModelMetadata",),
    "offline_onnx.onnxruntime_api.node_arg": ("NodeArg",),
}
"""Public classes of other modules, by module: mostly results and protocols."""

_ATTRIBUTES = "Attributes:\n"
_LISTS = {"Args:": "Arguments", "Raises:": "Raises"}
"""The headings of the sections of docstrings that are lists, and those in the reference."""

INTRODUCTION = """\
# API reference of offline_onnx

Written by `python build.py reference` from the docstrings; don't edit it. To begin with, read
[Ship your own model in three commands](your-own-model.md).
"""


def write() -> None:
    """Write docs/reference.md."""
    FILE.write_text(reference(), "utf-8")
    say(f"Wrote {FILE}.")


def reference() -> str:
    """Return the reference as Markdown."""
    package = griffe.load("offline_onnx", search_paths=[venv.ROOT / "py"])
    parts = [INTRODUCTION]
    for name, heading in PUBLIC_MODULES.items():
        module = package[name.partition(".")[2]] if "." in name else package
        parts.append(f"## {heading}: `{name}`\n\n{_docstring(module)}\n")
        parts += [_entry(member) for member in _public_members(module)]
    for name, classes in FURTHER_CLASSES.items():
        parts.append(f"## From `{name}`\n")
        parts += [_entry(package[f"{name.partition('.')[2]}.{each}"]) for each in classes]
    return "\n".join(parts)


def _public_members(module: Any) -> Iterator[Any]:
    """Yield the classes and functions in a module's `__all__`.

    Without `__all__`, yield those that the module defines, except private ones.
    """
    for name in module.exports or module.members:
        member = module.members[str(name)]
        if module.exports or not (member.is_alias or name.startswith("_")):
            target = member.final_target if member.is_alias else member
            if target.is_class or target.is_function:
                yield target


def _entry(member: Any) -> str:
    """Return the section of the reference about a class or function."""
    if member.is_function:
        return f"### {member.name}\n\n{_fenced(_signature(member))}\n\n{_docstring(member)}\n"
    bases = f"({', '.join(str(base) for base in member.bases)})" if member.bases else ""
    lines = [f"### {member.name}", "", _fenced(f"class {member.name}{bases}{_constructor(member)}")]
    lines += ["", _docstring(member), ""]
    parts = [
        part.final_target if part.is_alias else part
        for name, part in {**member.inherited_members, **member.members}.items()
        if not (name.startswith("_") or (part.inherited and _is_error(member)))
    ]
    described = _attributes_in(member)
    if attributes := [each for each in parts if each.is_attribute]:
        is_enumeration = any(str(base) in ("Enum", "IntEnum") for base in member.bases)
        heading = "Values" if is_enumeration else "Attributes"
        lines += [f"**{heading}:**", ""]
        lines += [_attribute(member, each, described.get(each.name, "")) for each in attributes]
        lines += [""]
    for function in [each for each in parts if each.is_function]:
        lines += [f"#### {member.name}.{function.name}", "", _fenced(_signature(function)), ""]
        lines += [_docstring(function), ""]
    return "\n".join(lines)


def _fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def _constructor(member: Any) -> str:
    """Return a line with the constructor's public parameters; "" if it has no public ones."""
    parameters = [each for each in member.parameters if each.name != "self"]
    public = [each for each in parameters if not each.name.startswith("_")]
    if not member.parameters or (parameters and not public):
        return ""
    function = griffe.Function(member.name, parameters=griffe.Parameters(*public))
    return f"\n{function.signature()}"


def _attribute(owner: Any, attribute: Any, description: str) -> str:
    """Return the list item about a field or property of a class, or a member of an enumeration.

    Args:
        owner: the class.
        attribute: the attribute.
        description: what the docstring of the class says about the attribute.
    """
    name, annotation = attribute.name, _annotation(owner, attribute)
    if annotation:
        name = f"{name}: {annotation}"
    elif _is_error(owner):  # the text of a remedy may be put together from private constants
        return _item(
            f"`{name}`", getattr(getattr(import_module(owner.module.path), owner.name), name)
        )
    else:
        name = f"{name} = {attribute.value}"
    return _item(f"`{name}`", description or _docstring(attribute))


def _annotation(owner: Any, attribute: Any) -> str:
    """Return the type of an attribute; "" if neither it nor a parameter of its name has one."""
    annotation = attribute.annotation
    if not annotation and attribute.name in owner.parameters:
        annotation = owner.parameters[attribute.name].annotation
    return str(annotation or "")


def _is_error(member: Any) -> bool:
    return any(base.name == "OfflineModelError" for base in [member, *member.mro()])


def _signature(function: Any) -> str:
    decorator = "@classmethod\n" if function.has_labels("classmethod") else ""
    start = "async def" if function.has_labels("async") else "def"
    return f"{decorator}{start} {function.signature(name=function.name)}"


def _docstring(member: Any) -> str:
    """Return a docstring as Markdown, without the section `Attributes`."""
    text = str(member.docstring.value) if member.docstring else ""
    paragraphs = [
        _paragraph(each) for each in text.split("\n\n") if not each.startswith(_ATTRIBUTES)
    ]
    return "\n\n".join(paragraphs)


def _attributes_in(member: Any) -> dict[str, str]:
    """Return what the docstring of a class says about its attributes, by name."""
    text = str(member.docstring.value) if member.docstring else ""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(_ATTRIBUTES):
            items = _named_texts(paragraph.removeprefix(_ATTRIBUTES))
            return dict(items)
    return {}


def _paragraph(text: str) -> str:
    """Return a paragraph of a docstring as Markdown."""
    title, _, rest = text.partition("\n")
    if title in _LISTS and rest:
        items = [_item(f"`{name}`", meaning, ":") for name, meaning in _named_texts(rest)]
        return "\n".join([f"**{_LISTS[title]}:**", "", *items])
    if title == "Returns:" and rest:
        return f"**Returns:** {dedent(rest)}"
    if "├── " in text:
        return f"```text\n{text}\n```"
    return text


def _named_texts(section: str) -> list[tuple[str, str]]:
    """Return the names and descriptions in a section of a docstring, such as `Args`."""
    items = re.split(r"\n(?! )", dedent(section))
    return [(name, text) for name, _, text in (item.partition(": ") for item in items)]


def _item(name: str, text: str, separator: str = " -") -> str:
    """Return a list item; further lines and paragraphs of its text are indented."""
    first, *others = text.split("\n")
    lines = [f"- {name}{separator} {first}" if first else f"- {name}"]
    return "\n".join([*lines, *(f"  {line.strip()}" if line else "" for line in others)])
