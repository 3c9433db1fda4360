"""Write the library's API reference as Markdown. griffe reads the docstrings and signatures."""

from __future__ import annotations

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
        return (
            f"### {member.name}\n\n```python\n{_signature(member)}\n```\n\n{_docstring(member)}\n"
        )
    bases = f"({', '.join(str(base) for base in member.bases)})" if member.bases else ""
    constructor = "\n" + _constructor(member) if member.parameters else ""
    lines = [
        f"### {member.name}",
        "",
        f"```python\nclass {member.name}{bases}{constructor}\n```",
        "",
    ]
    lines += [_docstring(member), ""]
    for name, part in {**member.inherited_members, **member.members}.items():
        target = part.final_target if part.is_alias else part
        if name.startswith("_") or (part.inherited and _is_error(member)):
            continue
        if target.is_function:
            lines += [f"#### {member.name}.{name}", "", f"```python\n{_signature(target)}\n```", ""]
            lines += [_docstring(target), ""]
        elif target.is_attribute:
            lines += _attribute(target)
    return "\n".join(lines)


def _constructor(member: Any) -> str:
    parameters = griffe.Parameters(*(p for p in member.parameters if p.name != "self"))
    return str(griffe.Function(member.name, parameters=parameters).signature())


def _attribute(attribute: Any) -> list[str]:
    """Return the lines about a field or property of a class, or a member of an enumeration."""
    if attribute.has_labels("property"):
        return [f"- `{attribute.name}: {attribute.annotation}` - {_docstring(attribute)}", ""]
    if attribute.annotation:
        return [f"- `{attribute.name}: {attribute.annotation}`", ""]
    docstring = f" - {_docstring(attribute)}" if attribute.docstring else ""
    return [f"- `{attribute.name} = {attribute.value}`{docstring}", ""]


def _is_error(member: Any) -> bool:
    return any(base.name == "OfflineModelError" for base in member.mro())


def _signature(function: Any) -> str:
    start = "async def" if function.has_labels("async") else "def"
    return f"{start} {function.signature(name=function.name)}"


def _docstring(member: Any) -> str:
    return str(member.docstring.value) if member.docstring else ""
