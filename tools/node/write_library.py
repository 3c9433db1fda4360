"""Write the zip from which Python imports in a page. Runs in Pyodide, during a build."""

from __future__ import annotations

import ast
import importlib.util
import io
import marshal
import sys
import zipfile

STANDARD = next(part for part in sys.path if part.endswith(".zip"))
"""The path of the standard library's zip. In a page, the new zip gets the same path."""
HEADER = importlib.util.MAGIC_NUMBER + bytes(12)
"""The header of a compiled file: the version of its format, then zeros in place of the flags and of
the date and size of the source file. Python ignores the date and the size, because the zip does not
have the source file."""


class WithoutTypeHints(ast.NodeTransformer):
    """Removes code that only type checkers read. It is a tenth of a compiled module.

    It removes the annotations of functions and the blocks below `if TYPE_CHECKING:`. Fields of
    classes keep their annotations, because dataclasses read them.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        """Remove the annotations of a function's arguments and of its result.

        If the function is only an overload, remove it.
        """
        if any(
            isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list
        ):
            return None
        return self._without_annotations(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Remove the annotations of an asynchronous function."""
        return self._without_annotations(node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Remove the block below `if TYPE_CHECKING:`."""
        self.generic_visit(node)
        is_for_checkers = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return node.orelse if is_for_checkers else node

    def _without_annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        args = node.args
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        for argument in filter(None, every):
            argument.annotation = None
        return node


def write(packages: str, page_python: str, imported: set[str], *, full_library: bool) -> bytes:
    """Return the content of the zip.

    Args:
        packages: the path of a zip with this project's packages.
        page_python: the path of a zip with files that pages have in place of those of the standard
            library with the same names, or beside them.
        imported: the files of the modules that the page's code imports. They are compiled without
            docstrings.
        full_library: whether the zip also has, as source, all other modules of the standard library
            and of this project's packages.
    """
    replacing = zipfile.ZipFile(page_python).namelist()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as library:
        for path in (STANDARD, packages, page_python):
            source = zipfile.ZipFile(path)
            for name in sorted(source.namelist()):
                if path == STANDARD and name in replacing:
                    continue
                data = source.read(name)
                if name in imported or path == page_python:
                    tree = ast.parse(data)
                    if path == packages or name.startswith(("pyodide/", "_pyodide/")):
                        tree = ast.fix_missing_locations(WithoutTypeHints().visit(tree))
                    code = compile(
                        tree, f"{STANDARD}/{name}", "exec", dont_inherit=True, optimize=2
                    )
                    library.writestr(zipfile.ZipInfo(f"{name}c"), HEADER + marshal.dumps(code))
                elif full_library or (path == packages and not name.endswith(".py")):
                    library.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


def only(content: bytes, used: set[str]) -> bytes:
    """Return a zip with those files of the zip `content` that are not compiled or in `used`."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            if name in used or not name.endswith(".pyc"):
                target.writestr(zipfile.ZipInfo(name), source.read(name))
    return result.getvalue()
