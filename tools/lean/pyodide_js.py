"""Pyodide's script around its interpreter, without what only extension modules in C can call.

Emscripten has given it all of its library for them: graphics, sound, the code that links them. What
the interpreter imports stays, and what Pyodide's own JavaScript uses; a minifier removes the rest.
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

SCRIPT = venv.ROOT / "tools" / "node" / "minify.mjs"
_NAME = r"[\w$]+"
_EXPORT = re.compile(rf'({_NAME})=Module\["{_NAME}"\]=wasmExports\["{_NAME}"\];')
_GIVEN = re.compile(rf'(?<=[;}}])Module\["({_NAME})"\]={_NAME};')
_SIGNATURE = re.compile(rf'(?<=[;}}])({_NAME})\.sig="\w*";')
_IMPORTS = re.compile(r"var wasmImports=\{([^{}]*)\};")
_OWN = re.compile(r"function pyodide_js_init\(\)\{.*?\}pyodide_js_init\(\);", re.DOTALL)
_READ = re.compile(rf'Module(?:\.|\?\.|\[")({_NAME})')
_GRAPHICS = "emscripten_gl"
_NOTHING = "noGraphics"
_PLACES = {
    # Any script would have the interpreter's rights, and the page's policy forbids it.
    r"\beval\(": "noEval(",
    # Addresses are needed of what the interpreter asks for, not of all that it exports, ...
    r"(var updateGOT=[^{]*\{for\(var symName in exports\)\{if\()": r"\1!GOT[symName]||",
    # ... and one function may have two.
    r"(functionsInTableMap=new WeakMap);updateTableMap\(0,wasmTable\.length\)": r"\1",
}


def lean(script: Path, loader: str, module: Module, target: Path) -> str:
    """Write the script, and give its text.

    loader: Pyodide's other script. module: the interpreter. Raises BuildError if the script is not
    written as expected.
    """
    text = script.read_text("utf-8")
    kept = set(re.findall(_NAME, loader)) | _used(text)
    for pattern, instead in _PLACES.items():
        text, count = re.subn(pattern, instead, text)
        _expect(min(count, 1), pattern)
    text = _without_imports(text, module)
    text = _without_exports(text)
    text = _GIVEN.sub(lambda match: match[0] if match[1] in kept else "", text)
    prepared = target.with_suffix(".all.mjs")
    prepared.write_text(text, "utf-8")
    npm.node("Minifying Pyodide's script", str(SCRIPT), str(prepared), str(target))
    prepared.unlink()
    return target.read_text("utf-8")


def _expect(count: int, what: str) -> None:
    if count != 1:
        raise BuildError(f"Pyodide's script is not written as expected: {what!r} is not there.")


def _without_imports(text: str, module: Module) -> str:
    """Leave out what the interpreter does not import; of graphics, it imports addresses alone."""
    functions = {name for place, name, _ in module.imports() if not place.startswith("GOT.")}
    addresses = {name for place, name, _ in module.imports() if place == "GOT.func"}
    found = _IMPORTS.findall(text)
    _expect(len(found), _IMPORTS.pattern)
    given = []
    for entry in found[0].split(","):
        name = entry.split(":")[0]
        if name in functions or (name in addresses and not name.startswith(_GRAPHICS)):
            given.append(entry)
        elif name in addresses:
            given.append(f"{name}:{_NOTHING}")
    nothing = (
        f'var {_NOTHING}=()=>{{throw new Error("There are no graphics.")}};{_NOTHING}.sig="v";'
    )
    text = _IMPORTS.sub(lambda _: f"{nothing}var wasmImports={{{','.join(given)}}};", text)
    kept = {f"_{name}" for name in addresses} | {_NOTHING}  # an address needs a signature
    return _SIGNATURE.sub(lambda match: match[0] if match[1] in kept else "", text)


def _without_exports(text: str) -> str:
    """Leave the interpreter's exports out that the script only hands on."""
    words = Counter(re.findall(_NAME, text))
    _expect(min(len(_EXPORT.findall(text)), 1), _EXPORT.pattern)
    # A name that is only handed on occurs in its declaration, and twice where it is assigned.
    return _EXPORT.sub(lambda match: "" if words[match[1]] <= 3 else match[0], text)


def _used(text: str) -> set[str]:
    """Find what is read of the script's outcome: it may be in any name of Pyodide's own code."""
    own = _OWN.findall(text)
    _expect(len(own), _OWN.pattern)
    elsewhere = _GIVEN.sub("", text)
    return set(re.findall(_NAME, own[0])) | set(_READ.findall(elsewhere))
