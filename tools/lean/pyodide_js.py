"""Trim Pyodide's JavaScript (`pyodide.asm.mjs`): remove code that only extension modules can call.

For extension modules in C, Emscripten includes its whole library: graphics, sound, the dynamic
linker. Functions that the interpreter imports or that Pyodide's own JavaScript uses stay. The
references to all other functions are removed here, and a minifier then removes the functions.
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
_EXPORT_ASSIGNMENT = re.compile(rf'({_NAME})=Module\["{_NAME}"\]=wasmExports\["{_NAME}"\];')
"""The assignment of an export of the interpreter to a variable and to an attribute of Module."""
_ATTRIBUTE_ASSIGNMENT = re.compile(rf'(?<=[;}}])Module\["({_NAME})"\]={_NAME};')
"""The assignment of a function to an attribute of Module."""
_SIGNATURE_ASSIGNMENT = re.compile(rf'(?<=[;}}])({_NAME})\.sig="\w*";')
"""The assignment of a function's WebAssembly signature, which a function in a table needs."""
_IMPORTS = re.compile(r"var wasmImports=\{([^{}]*)\};")
"""The object with the functions that the interpreter can import."""
_PYODIDE_CODE = re.compile(r"function pyodide_js_init\(\)\{.*?\}pyodide_js_init\(\);", re.DOTALL)
"""Pyodide's own JavaScript, within the script that Emscripten wrote."""
_ATTRIBUTE_USE = re.compile(rf'Module(?:\.|\?\.|\[")({_NAME})')
"""An expression that uses an attribute of Module."""
_GRAPHICS_PREFIX = "emscripten_gl"
"""The names of all graphics functions begin with this prefix."""
_GRAPHICS_STUB = "noGraphics"
"""The name of the function that replaces the graphics functions."""
_REPLACEMENTS = {
    # Replace eval by an undefined name: the page's Content Security Policy forbids eval.
    r"\beval\(": "noEval(",
    # Store addresses only of symbols in the global offset table, not of all exports.
    r"(var updateGOT=[^{]*\{for\(var symName in exports\)\{if\()": r"\1!GOT[symName]||",
    # Don't search the whole function table at the start. A function may then get a second slot in
    # the table, which does no harm.
    r"(functionsInTableMap=new WeakMap);updateTableMap\(0,wasmTable\.length\)": r"\1",
}
"""Patterns of code that slows the start or that the page's policy forbids, and what replaces it."""


def trim(script: Path, loader: str, module: Module, target: Path) -> str:
    """Write the trimmed script and return its text.

    Args:
        script: the release's pyodide.asm.mjs.
        loader: the text of the release's pyodide.mjs.
        module: the interpreter.
        target: the file to write.

    Raises:
        BuildError: The script is not as expected: what must be changed does not occur in it.
    """
    text = script.read_text("utf-8")
    used = set(re.findall(_NAME, loader)) | _used_attributes(text)
    for pattern, replacement in _REPLACEMENTS.items():
        text, count = re.subn(pattern, replacement, text)
        _expect_match(found=count > 0, pattern=pattern)
    text = _without_imports(text, module)
    text = _without_exports(text)
    text = _ATTRIBUTE_ASSIGNMENT.sub(lambda match: match[0] if match[1] in used else "", text)
    unminified = target.with_suffix(".all.mjs")
    unminified.write_text(text, "utf-8")
    npm.node("Minifying Pyodide's script", str(NODE_SCRIPT), str(unminified), str(target))
    unminified.unlink()
    return target.read_text("utf-8")


def _expect_match(*, found: bool, pattern: str) -> None:
    if not found:
        raise BuildError(f"Pyodide's script is not written as expected: {pattern!r} was not found.")


def _without_imports(text: str, module: Module) -> str:
    """Remove functions that the interpreter does not import; replace graphics by a stub."""
    functions = {name for source, name, _ in module.imports() if not source.startswith("GOT.")}
    addresses = {name for source, name, _ in module.imports() if source == "GOT.func"}
    found = _IMPORTS.findall(text)
    _expect_match(found=len(found) == 1, pattern=_IMPORTS.pattern)
    remaining = []
    for entry in found[0].split(","):
        name = entry.split(":")[0]
        if name in functions or (name in addresses and not name.startswith(_GRAPHICS_PREFIX)):
            remaining.append(entry)
        elif name in addresses:
            remaining.append(f"{name}:{_GRAPHICS_STUB}")
    stub = 'var NAME=()=>{throw new Error("There are no graphics.")};NAME.sig="v";'
    stub = stub.replace("NAME", _GRAPHICS_STUB)
    text = _IMPORTS.sub(lambda _: f"{stub}var wasmImports={{{','.join(remaining)}}};", text)
    in_table = {f"_{name}" for name in addresses} | {_GRAPHICS_STUB}  # these need a signature
    return _SIGNATURE_ASSIGNMENT.sub(lambda match: match[0] if match[1] in in_table else "", text)


def _without_exports(text: str) -> str:
    """Remove the assignments of the interpreter's exports that the script does not use."""
    words = Counter(re.findall(_NAME, text))
    _expect_match(found=bool(_EXPORT_ASSIGNMENT.search(text)), pattern=_EXPORT_ASSIGNMENT.pattern)
    # An unused name occurs three times: once in its declaration and twice in its assignment.
    return _EXPORT_ASSIGNMENT.sub(lambda match: "" if words[match[1]] <= 3 else match[0], text)


def _used_attributes(text: str) -> set[str]:
    """Return the attributes of Module that may be read.

    These are all names in Pyodide's own code, and the names in expressions such as `Module.name`.
    """
    pyodide_code = _PYODIDE_CODE.findall(text)
    _expect_match(found=len(pyodide_code) == 1, pattern=_PYODIDE_CODE.pattern)
    without_assignments = _ATTRIBUTE_ASSIGNMENT.sub("", text)
    return set(re.findall(_NAME, pyodide_code[0])) | set(
        _ATTRIBUTE_USE.findall(without_assignments)
    )
