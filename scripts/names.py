"""Lists project names that are reserved because a project's environment contains them.

    python scripts/names.py                        writes scaffold/taken_names.txt
    python scripts/names.py --check                lists names missing from the file
    python scripts/names.py --check ENVIRONMENT    lists missing names of this environment

Distributions are those that uv resolves on any platform for each template with all add-ons and
extras. Modules and commands are those that they install on this machine.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import uv

from scaffold import catalog, names

ONLY_WINDOWS = ("win32", "win32api", "win32com")  # modules in pywin32
PROGRAMS = ("bin", "Scripts")
MODULES = (".py", ".pyd", ".so")
MYPYC = "__mypyc"  # a suffix of modules whose names change with each version
HEADING = "# Made by scripts/names.py: names of distributions, modules and commands.\n"


def main() -> None:
    """Writes the file, or checks it."""
    if "--check" not in sys.argv:
        lines = sorted(usable(resolved()))
        names.TAKEN.write_text(HEADING + "\n".join(lines) + "\n", "utf-8", newline="\n")
        return
    environments = sys.argv[sys.argv.index("--check") + 1 :]
    found = installed(Path(environments[0])) if environments else resolved()
    missing = sorted(usable(found) - names.brought_along())
    print(*missing, sep="\n")
    if missing:
        sys.exit(f"{names.TAKEN.name} lacks {len(missing)} names. Run: python scripts/names.py")


def usable(found: Iterable[str]) -> set[str]:
    """The names that no other rule already rejects."""
    return {name for name in map(names.normalised, found) if names.general_objection(name) is None}


def resolved() -> set[str]:
    """All names in the environments of the projects of all templates."""
    found = set(ONLY_WINDOWS)
    for template in catalog.names():
        with TemporaryDirectory() as folder:
            found |= names_of(template, Path(folder))
    return found


def names_of(template: str, folder: Path) -> set[str]:
    """All names in the environment of this template's project, which is created in the folder."""
    options = ["--name", "the-project", "--defaults", "--no-git"]
    if add_ons := fitting(template):
        options += ["--add", ",".join(add_ons)]
    run(sys.executable, "-m", "scaffold", "new", template, str(folder / "project"), *options)
    requirements = folder / "requirements.txt"
    project = str(folder / "project" / "pyproject.toml")
    run_uv(
        "pip", "compile", "--universal", "--all-extras", "--output-file", str(requirements), project
    )
    environment = folder / "environment"
    run_uv("venv", "--python", sys.executable, str(environment))
    run_uv("pip", "install", "--python", str(environment), "-r", str(requirements))
    found = installed(environment)
    for line in requirements.read_text("utf-8").splitlines():
        name, pinned, _ = line.partition("==")
        if pinned:
            found.add(name.split("[")[0])
    return found


def fitting(template: str) -> list[str]:
    """The add-ons available for this template."""
    kind = catalog.find(template).card["kind"]
    add_ons = map(catalog.find_add_on, catalog.add_on_names())
    return [add_on.name for add_on in add_ons if kind in add_on.card["kinds"]]


def installed(environment: Path) -> set[str]:
    """The names of the distributions in this environment, of their modules and commands."""
    found = set()
    for folder in environment.glob("**/site-packages"):
        for distribution in distributions(path=[str(folder)]):
            if not is_project(distribution):
                found.add(distribution.name)
                found.update(modules_and_commands(distribution))
    return found


def is_project(distribution: Distribution) -> bool:
    """Whether the distribution was installed from a folder."""
    return '"dir_info"' in (distribution.read_text("direct_url.json") or "")


def modules_and_commands(distribution: Distribution) -> Iterator[str]:
    """The modules and commands that a distribution installs."""
    for file in distribution.files or ():
        first, *below = PurePosixPath(file).parts
        if first == ".." and file.parent.name in PROGRAMS:
            yield file.name.removesuffix(".exe")
        elif below and "." not in first:
            yield first
        elif not below and file.suffix in MODULES and MYPYC not in first:
            yield first.split(".")[0]


def run_uv(*arguments: str) -> None:
    """Runs uv."""
    run(uv.find_uv_bin(), *arguments, "--quiet")


def run(*command: str) -> None:
    """Runs a command; exits if it fails."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


if __name__ == "__main__":
    main()
