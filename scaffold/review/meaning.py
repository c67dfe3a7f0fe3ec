"""What Python code means: two texts that differ in comments, docstrings or format alone mean the same."""

import ast
import warnings
from dataclasses import dataclass

LARGEST = 100_000  # characters that are parsed: more are no module that somebody wrote
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
CHECKS = ("raises", "warns", "fail")  # of pytest; all others are called assert_something


@dataclass(frozen=True)
class Tested:
    """A test function: all of it, what it asserts, and the cases that it is run with."""

    whole: str
    asserts: frozenset[str]
    cases: str


def tree(text: str) -> ast.Module | None:
    """The code without its docstrings; None if it is no code, or too much to be read."""
    if len(text) > LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stranger's backslashes
            found = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(found):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return found


def same(one: ast.Module, other: ast.Module) -> bool:
    """Whether two modules mean the same."""
    return _dump(one) == _dump(other) != ""


def newly_tested(now: ast.Module, then: ast.Module | None) -> bool:
    """Whether a test function is new, not only renamed, or asserts what it did not, or is run with other cases."""
    known = _tests(then) if then else {}
    bodies = {test.whole for test in known.values()}
    return any(
        test.asserts and (test.asserts - known[name].asserts or test.cases != known[name].cases)
        if name in known
        else test.asserts and test.whole not in bodies
        for name, test in _tests(now).items()
    )


def imports(module: ast.Module) -> frozenset[str]:
    """The dotted names that a module imports: of `from a.b import c` both a.b and a.b.c, as c may be a module."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _tests(module: ast.Module) -> dict[str, Tested]:
    functions = [node for node in ast.walk(module) if isinstance(node, FUNCTION)]
    tests = [node for node in functions if node.name.startswith("test_")]
    helpers = {node.name for node in functions if node not in tests and _asserts(node, set())}
    return {
        node.name: Tested(
            "".join(map(_dump, node.body)),
            frozenset(_asserts(node, helpers)),
            "".join(map(_dump, node.decorator_list)),
        )
        for node in tests
    }


def _asserts(function: ast.AST, helpers: set[str]) -> list[str]:
    """What can fail in a function: asserts of more than a constant, and calls of what asserts."""
    return [_dump(node) for node in ast.walk(function) if _can_fail(node, helpers)]


def _can_fail(node: ast.AST, helpers: set[str]) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name.startswith("assert") or name in CHECKS or name in helpers


def _dump(node: ast.AST) -> str:
    try:
        return ast.dump(node)
    except (RecursionError, MemoryError):
        return ""
