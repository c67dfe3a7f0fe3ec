"""Holds a generated project to its budget, so that its owner can explain all of it.

`python tests/budget.py PROJECT` prints the figures; the exit status is 1 if one is over.
"""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from checks import CHECKS

CHARACTERS_OF_OWN_DATA = 110_000
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Figure:
    """What was counted, and how much of it there may be."""

    name: str
    value: float
    most: float

    def __str__(self) -> str:
        mark = "over" if self.value > self.most else ""
        return f"{mark:4} {self.value:>8} of {self.most:>6}  {self.name}"


def figures(project: Path) -> list[Figure]:
    """Everything that is limited, of a project as it was rendered."""
    template = template_of(project)
    characters = CHARACTERS_OF_OWN_DATA
    if template in CHECKS:
        characters = CHECKS[template].characters
    texts = [path.read_text("utf-8") for path in sorted((project / "src").rglob("*.py"))]
    lines = [line for text in texts for line in text.splitlines()]
    written = [line.strip() for line in lines if line.strip()]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    functions = [node for node in nodes if isinstance(node, FUNCTIONS)]
    lengths = [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    dense = sum(isinstance(node, COMPREHENSIONS) for node in nodes)
    total = sum(map(len, written))
    files = [path for path in project.rglob("*") if path.is_file() and not is_data(path, project)]
    pages = [path.read_text("utf-8").split() for path in files if path.suffix == ".md"]
    tests = [path.read_text("utf-8") for path in (project / "tests").rglob("*.py")]
    readme = (project / "README.md").read_text("utf-8")
    return [
        Figure("characters of Python in src", total, characters),
        Figure("lines of Python in src", len(lines), characters // 34),
        Figure("modules", len(texts), 28),
        Figure("lines of the largest module", max(len(t.splitlines()) for t in texts), 200),
        Figure("characters in a written line, mean", round(total / len(written), 1), 40),
        Figure("lines over 100 characters", sum(len(line) > 100 for line in lines), 0),
        Figure("comprehensions in 100 lines", round(100 * dense / len(lines), 1), 1.5),
        Figure("lines of the longest function", max(lengths), 60),
        Figure("files", len(files), 60),
        Figure("lines of tests", sum(len(text.splitlines()) for text in tests), 1200),
        Figure("lines of README.md", len(readme.splitlines()), 140),
        Figure("words of Markdown", sum(map(len, pages)), 5000),
    ]


def is_data(path: Path, project: Path) -> bool:
    """Whether the file is the owner's, who brings one or thousands."""
    return path.relative_to(project).parts[0] == "raw"


def template_of(project: Path) -> str:
    """The template that `.template.yml` names."""
    for line in (project / ".template.yml").read_text("utf-8").splitlines():
        if line.startswith("template: "):
            return line.removeprefix("template: ")
    raise ValueError(f"{project} does not say of which template it is")


if __name__ == "__main__":
    counted = figures(Path(sys.argv[1]))
    print(*counted, sep="\n")
    sys.exit(any(figure.value > figure.most for figure in counted))
