"""The packages of a generated project know each other in one direction only, and of its task what the guide says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

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


def test_the_guide_names_what_the_shared_modules_ask_of_a_template() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    told = {
        module: set(re.findall(r"`(\w+)`", names))
        for module, names in re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE)
    }

    asked = names_of(set(told), find("sentiment").lifecycle / "src")

    assert told == asked


def names_of(modules: set[str], source: Path) -> dict[str, set[str]]:
    """What the modules below a folder take from these modules."""
    taken: dict[str, set[str]] = {module: set() for module in modules}
    for path in source.rglob("*.py"):
        tree = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        relative = [node for node in tree if isinstance(node, ast.ImportFrom) and node.level]
        for node in relative:
            taken.get((node.module or "").split(".")[-1], set()).update(name.name for name in node.names)
        known = {name.name for node in relative for name in node.names} & modules
        for node in tree:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
                taken[node.value.id].add(node.attr)
    return taken


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
