"""Reading the rooms' source as trees, once for all checks."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file."""
    return tuple(ast.walk(tree(path)))


@cache
def functions(path: Path) -> tuple[Function, ...]:
    """Return every function of a file, methods and nested ones too."""
    return tuple(node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def calls_in(path: Path) -> tuple[ast.Call, ...]:
    """Return every call in a file."""
    return tuple(node for node in nodes_of(path) if isinstance(node, ast.Call))


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield every call inside a node."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            yield child


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names; calls in it are passed through: `a().b` is `a.b`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything a file imports."""
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
