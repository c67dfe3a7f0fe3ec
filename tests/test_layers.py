"""The packages of a generated project know each other in one direction only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.catalog import find, templates
from scaffold.questions import Answers
from scaffold.rendering import render

CORE = {"core"}
COMMANDS = {"__main__", "cli", "stages", "loop", "flow", "traffic"}
MAY_IMPORT = {
    "core": set[str](),
    "training": CORE,
    "monitoring": CORE,
    "serving": CORE | {"monitoring"},
    "promotion": CORE | {"training", "serving"},
    "showcase": CORE | {"monitoring", "serving"},
}
SHOWN_BY_THE_SERVICE = {"monitoring.report_page"}  # knows no training either


@pytest.mark.parametrize("template", sorted(templates()))
def test_packages_import_in_one_direction(template: str, tmp_path: Path) -> None:
    render(find(template), Answers(name="it", author="Ada", description="?", licence="MIT"), 2026, tmp_path)

    imports = {(one, other) for one, other in imported(tmp_path / "src" / "it") if package(one) != package(other)}

    assert {package(one) for one, _ in imports} == {*MAY_IMPORT, "commands"} - CORE
    for one, other in imports:
        assert package(one) == "commands" or package(other) in MAY_IMPORT[package(one)], f"{one} imports {other}"
        assert (package(one), package(other)) != ("serving", "monitoring") or other in SHOWN_BY_THE_SERVICE, one


def package(module: str) -> str:
    """The package that a module is in; those at the top are the core, or the commands that stand above all."""
    return module.split(".")[0] if "." in module else "commands" if module in COMMANDS else "core"


def imported(source: Path) -> Iterator[tuple[str, str]]:
    """Every module with each module that it imports, by their names below the project's package."""
    files = {".".join(path.relative_to(source).with_suffix("").parts): path for path in source.rglob("*.py")}
    for module, path in files.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                above = module.split(".")[: -node.level]
                base = [*above, *(node.module.split(".") if node.module else [])]
                for name in node.names:
                    full = ".".join([*base, name.name])
                    yield module, full if full in files else ".".join(base)
