"""The first lines of the README, for those who have uv; test_projects runs those for pip."""

import re
import shutil
import subprocess
from pathlib import Path

import uv
from conftest import ROOT, Installed

README = (ROOT / "README.md").read_text("utf-8")


def test_the_lines_for_uv_work_in_a_clone(installed: Installed, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".git", ".venv"))
    folder = Path(uv.find_uv_bin()).parent
    new, test = re.findall(r"^    (uvx? .+)$", README, re.MULTILINE)
    new = new.removesuffix(" --run")  # test_projects runs the loop

    for line in (f"{new} --no-git", f"{test} --version"):
        command, *arguments = line.split()
        finished = subprocess.run(
            [folder / command, *arguments],
            cwd=clone,
            env=installed.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stderr

    assert (clone / "my-reviews" / "pyproject.toml").is_file()


def test_the_lines_for_pip_are_the_ones_that_ci_and_the_other_tests_run() -> None:
    assert "pip install . && scaffold new sentiment my-reviews --run" in README
    assert 'pip install ".[test]" && pytest' in README
    assert '".[test]"\n' in (ROOT / ".ci" / "run").read_text("utf-8")
