"""Pyodide's JavaScript (`pyodide.asm.mjs`), without what only extension modules in C can call.

Emscripten gives it the whole of its library for them: graphics, sound, the dynamic linker. What the
interpreter imports is left in, and what Pyodide's own JavaScript uses; a minifier removes the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tools.console import BuildError
from tools.env import npm, venv

if TYPE_CHECKING:
    from pathlib import Path

    from tools.lean.wasm.module import Module

NODE_SCRIPT = venv.ROOT / "tools" / "node" / "minify.mjs"
_NAME = r"[\w$]+"
_EXPORT = re.compile(rf'({_NAME})=Module\["{_NAME}"\]=wasmExports\["{_NAME}"\];')
_ATTRIBUTE = re.compile(rf'(?<=[;}}])Module\["({_NAME})"\]={_NAME};')
_SIGNATURE = re.compile(rf'(?<=[;}}])({_NAME})\.sig="\w*";')
_IMPORTS = re.compile(r"var wasmImports=\{([^{}]*)\};")
_PYODIDES_OWN = re.compile(r"function pyodide_js_init\(\)\{.*?\}pyodide_js_init\(\);", re.DOTALL)
_READ = re.compile(rf'Module(?:\.|\?\.|\[")({_NAME})')
_GRAPHICS = "emscripten_gl"
_STUB = "noGraphics"
_REPLACED = {
    # Any script would have the interpreter's rights, and the page's policy forbids it.
    r"\beval\(": "noEval(",
    # Addresses are needed of what the interpreter looks up, not of all that it exports, ...
    r"(var updateGOT=[^{]*\{for\(var symName in exports\)\{if\()": r"\1!GOT[symName]||",
    # ... and one function may have two.
    r"(functionsInTableMap=new WeakMap);updateTableMap\(0,wasmTable\.length\)": r"\1",
}


def trim(script: Path, loader: str, module: Module, target: Path) -> str:
    """Write the trimmed script and return its text.

    Args:
        script: the release's pyodide.asm.mjs.
        loader: the text of the release's pyodide.mjs.
        module: the interpreter.
        target: the file to write.

    Raises:
        BuildError: The script is not written as expected.
    """
    text = script.read_text("utf-8")
    used = set(re.findall(_NAME, loader)) | _used_attributes(text)
    for pattern, replacement in _REPLACED.items():
        text, count = re.subn(pattern, replacement, text)
        _expect_one(min(count, 1), pattern)
    text = _without_imports(text, module)
    text = _without_exports(text)
    text = _ATTRIBUTE.sub(lambda match: match[0] if match[1] in used else "", text)
    prepared = target.with_suffix(".all.mjs")
    prepared.write_text(text, "utf-8")
    npm.node("Minifying Pyodide's script", str(NODE_SCRIPT), str(prepared), str(target))
    prepared.unlink()
    return target.read_text("utf-8")


def _expect_one(count: int, what: str) -> None:
    if count != 1:
        raise BuildError(f"Pyodide's script is not written as expected: {what!r} is not there.")


def _without_imports(text: str, module: Module) -> str:
    """Remove what the interpreter does not import; replace graphics by a stub."""
    functions = {name for place, name, _ in module.imports() if not place.startswith("GOT.")}
    addresses = {name for place, name, _ in module.imports() if place == "GOT.func"}
    found = _IMPORTS.findall(text)
    _expect_one(len(found), _IMPORTS.pattern)
    left = []
    for entry in found[0].split(","):
        name = entry.split(":")[0]
        if name in functions or (name in addresses and not name.startswith(_GRAPHICS)):
            left.append(entry)
        elif name in addresses:
            left.append(f"{name}:{_STUB}")
    stub = f'var {_STUB}=()=>{{throw new Error("There are no graphics.")}};{_STUB}.sig="v";'
    text = _IMPORTS.sub(lambda _: f"{stub}var wasmImports={{{','.join(left)}}};", text)
    signed = {f"_{name}" for name in addresses} | {_STUB}  # an address needs a signature
    return _SIGNATURE.sub(lambda match: match[0] if match[1] in signed else "", text)


def _without_exports(text: str) -> str:
    """Remove those of the interpreter's exports that the script does not use itself."""
    words = Counter(re.findall(_NAME, text))
    _expect_one(min(len(_EXPORT.findall(text)), 1), _EXPORT.pattern)
    # An unused name occurs in its declaration, and twice in its assignment.
    return _EXPORT.sub(lambda match: "" if words[match[1]] <= 3 else match[0], text)


def _used_attributes(text: str) -> set[str]:
    """Find the attributes of Module that are read; Pyodide's own code may read any name it has."""
    own = _PYODIDES_OWN.findall(text)
    _expect_one(len(own), _PYODIDES_OWN.pattern)
    elsewhere = _ATTRIBUTE.sub("", text)
    return set(re.findall(_NAME, own[0])) | set(_READ.findall(elsewhere))
