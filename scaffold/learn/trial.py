"""Runs a project's code in its own environment: the user's version and the template's."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from scaffold import environment, shell, variables
from scaffold.errors import LearnError
from scaffold.learn.project import Project

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True)
class Trial:
    """A project, its environment, and a scratch folder for copies."""

    project: Project
    folder: Path

    def check_environment(self) -> None:
        """Raises LearnError if the project has no environment."""
        if not (self.project.root / environment.PYTHON).is_file():
            command = " && ".join(shell.first_run(self.project.root, self.project.name))
            raise LearnError(f"The project has no environment (.venv). Run: {command}")

    def own(self, look: str, **about: Any) -> Any:
        """The result of a function of `probe` on the user's code."""
        return self._probe(look, self.project.root / "src", about)

    def template(self, look: str, **about: Any) -> Any:
        """The result of the same function on the template's code."""
        return self._probe(look, self._template_source(), about)

    def _probe(self, look: str, source: Path, about: dict[str, Any]) -> Any:
        arguments = ["-P", str(PROBE), self.project.package, look, json.dumps(about)]
        finished = self._python(arguments, self.project.root, source.resolve())
        if finished.returncode == 0:
            return json.loads(finished.stdout.splitlines()[-1])
        reason = (finished.stderr.strip().splitlines() or ["no error message"])[-1]
        advice = f"Check that the project works: {self.project.name} status; pytest"
        raise LearnError(f"The check can't run the project's code: {reason}. {advice}")

    def tests_with_own_code(self, tests: list[str]) -> dict[str, str]:
        """Maps each test to `passed` or to its failure."""
        return self._test(tests, self._copy() / "src")

    def tests_with_template(self, tests: list[str]) -> dict[str, str]:
        """The same tests, run on the template's code."""
        return self._test(tests, self._template_source())

    def _test(self, tests: list[str], source: Path) -> dict[str, str]:
        report = self.folder / "tests.xml"
        report.unlink(missing_ok=True)
        options = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        self._python([*options, *tests], self._copy(), source)
        results: dict[str, str] = {}
        if report.is_file():
            for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  (just written)
                name = str(case.get("name")).partition("[")[0]
                outcome = " ".join(str(fault.get("message")) for fault in case) or "passed"
                if results.get(name, "passed") == "passed":
                    results[name] = outcome
        return results

    def _python(
        self, arguments: list[str], folder: Path, source: Path
    ) -> subprocess.CompletedProcess[str]:
        passed_on = variables.passed_on(os.environ, self.project.name)
        settings = {"PYTHONPATH": str(source), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        python = str(self.project.root.resolve() / environment.PYTHON)
        return subprocess.run(  # noqa: S603  (the user's own project)
            [python, *arguments],
            cwd=folder,
            env=passed_on | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def _copy(self) -> Path:
        """A copy of the files that git tracks or would add."""
        copy = self.folder / "own"
        if not copy.exists():
            for path in self.project.facts.sizes:
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.project.root / path, copy / path)
        return copy

    def _template_source(self) -> Path:
        """The source folder with the template's modules."""
        source = self.folder / "template" / "src"
        if not source.exists():
            shutil.copytree(self._copy() / "src", source)
            for path, text in self.project.template("*.py").items():
                place = source.parent / path
                if path.startswith("src/") and text:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(text, "utf-8")
                elif path.startswith("src/"):
                    place.unlink(missing_ok=True)
        return source
