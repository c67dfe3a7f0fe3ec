"""`--run` makes the environment, follows the loop, keeps a log and says how to resume."""

import subprocess
from pathlib import Path

import pytest
from conftest import Installed, write_template

from scaffold import shell
from scaffold.variables import passed_on


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments],  # noqa: S607  (the git that the user would run)
        cwd=project,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()


def test_a_run_shows_its_stages_what_they_found_and_the_summary(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path)

    finished = tool.run("new", "tiny", "a b/tiny-loop", "--run", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    lines = [line for line in finished.stdout.splitlines() if not line.startswith("   done in ")]
    assert lines == [
        f"Created tiny-loop in {Path('a b/tiny-loop')}",
        "== environment",
        "== prepare (1/2)",
        "   33 rows, dropped 2 [broken]",
        "== train (2/2)",
        "== summary",
        "   baseline 0.5, champion 0.9",
        "Next:",
        f"  cd {shell.quoted(str(Path('a b/tiny-loop')))}",
        f"  {shell.SCRIPTS}tiny-loop serve",
        f"  {shell.SCRIPTS}pytest",
    ]
    assert finished.stdout.count("   done in ") == 3
    assert "\x1b" not in finished.stdout


def test_the_log_holds_what_was_shown_what_was_not_and_what_uv_said(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path)

    tool.run("new", "tiny", "--run", cwd=tmp_path)

    log = (tmp_path / "tiny-loop" / "logs" / "run.log").read_text("utf-8")
    assert "Resolved 1 package" in log
    assert "chatter" in log
    assert "33 rows" in log


def test_a_stage_that_fails_is_named_with_the_reason_and_the_command_that_resumes(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(
        tmp_path, 'print("error: No labels. Run: tiny-loop prepare", file=sys.stderr); sys.exit(1)'
    )

    finished = tool.run("new", "tiny", "a b/tiny-loop", "--run", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert finished.stderr.startswith(
        "error: Stage 'train' failed: No labels. Run: tiny-loop prepare. "
    )
    assert "tiny-loop run --from train\n" in finished.stderr
    assert (tmp_path / "a b" / "tiny-loop" / "pyproject.toml").is_file()


@pytest.mark.parametrize("way", ["tiny-loop run", "tiny-loop run --from train"])
def test_a_reason_that_ends_with_a_run_says_where_the_way_on_begins(
    tool: Installed, tmp_path: Path, way: str
) -> None:
    """A challenger that was refused is refused again unless data or model change."""
    write_template(tmp_path, f'print("error: Refused. Then: {way}", file=sys.stderr); sys.exit(1)')

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path)

    assert f"Refused. Then: {way}. See " in finished.stderr
    assert finished.stderr.endswith(f"{shell.SCRIPTS}{way}\n")


def test_a_stage_that_breaks_shows_the_last_line_of_its_traceback(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, "1 / 0")

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path)

    assert finished.stderr.startswith(
        "error: Stage 'train' failed: ZeroDivisionError: division by zero. "
    )
    assert "Traceback" in (tmp_path / "tiny-loop" / "logs" / "run.log").read_text("utf-8")


def test_a_stage_that_fails_without_an_error_is_explained_by_its_last_line(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, 'print("   no rows are left"); print(); sys.exit(1)')

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path)

    assert finished.stderr.startswith("error: Stage 'train' failed: no rows are left. See ")


def test_without_a_network_the_project_is_kept_and_the_way_on_is_named(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, dependency='"attrs>=25",')
    offline = {
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_HTTP_RETRIES": "0",
    }

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path, **offline)

    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert (
        "Stage 'environment' failed: can't reach the package index (check the network connection)"
        in finished.stderr
    )
    assert "Resume with: cd tiny-loop && " in finished.stderr
    assert (tmp_path / "tiny-loop" / "pyproject.toml").is_file()


def test_an_environment_that_cannot_be_made_is_no_network_failure(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, dependency='"attrs<0",')

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path)

    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "Stage 'environment' failed: " in finished.stderr
    assert "network" not in finished.stderr


def test_the_environment_of_another_project_is_left_alone(tool: Installed, tmp_path: Path) -> None:
    write_template(tmp_path, 'print("   runs in", sys.prefix)')
    other = tmp_path / "other"

    finished = tool.run(
        "new",
        "tiny",
        "--run",
        cwd=tmp_path,
        VIRTUAL_ENV=str(other),
        UV_PROJECT_ENVIRONMENT=str(other),
    )

    assert f"runs in {tmp_path / 'tiny-loop' / '.venv'}" in finished.stdout
    assert not other.exists()


HOSTILE = {
    "MLFLOW_REGISTRY_URI": "sqlite:///other.db",
    "MLFLOW_RUN_ID": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PORT": "80",
    "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
    "PUBLIC": "C:\\Users\\Public",
    "PYTHONPATH": "/nowhere",
    "UV_FROZEN": "1",
    "UV_NO_DEFAULT_GROUPS": "1",
    "UV_NO_INSTALL_PROJECT": "1",
    "UV_PROJECT_ENVIRONMENT": "/nowhere",
}
WELCOME = {
    "HTTPS_PROXY": "http://localhost:9",
    "LC_ALL": "C.UTF-8",
    "MLFLOW_TRACKING_URI": "sqlite:///mlflow.db",
    "TINY_LOOP_SEED": "7",
    "TZ": "UTC",
    "UV_INDEX_OWN_USERNAME": "me",
    "no_proxy": "localhost",
}


def test_a_locale_in_which_python_reads_ascii_alone_does_not_reach_the_run() -> None:
    assert passed_on({"LC_ALL": "C", "LC_CTYPE": "C"}, "tiny-loop") == {"LC_CTYPE": "C"}
    assert passed_on({"LC_ALL": "POSIX", "LANG": "C"}, "tiny-loop") == {"LANG": "C"}


def test_only_what_the_run_needs_reaches_it() -> None:
    passed = passed_on(HOSTILE | WELCOME | {"OTHER_SEED": "8", "Path": "bin"}, "tiny-loop")

    assert passed == WELCOME | {"Path": "bin"}


def test_variables_of_other_programs_do_not_reach_the_stages(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, 'import os; print("   sees", *sorted(os.environ))')
    hostile = {key: value for key, value in HOSTILE.items() if key != "PYTHONPATH"}

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path, **hostile, TINY_LOOP_SEED="7")

    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    seen = next(line for line in lines if line.startswith("   sees")).split()
    assert {"HOME", "PATH", "TINY_LOOP_SEED"} <= set(seen)
    assert not set(HOSTILE) & set(seen)


MEASURED = 'from pathlib import Path; Path("README.md").write_text("measured")'


@pytest.mark.parametrize("ignored", ["", "*.lock\n*.md\n"])
def test_the_results_are_a_commit_and_the_tree_is_clean(
    tool: Installed, tmp_path: Path, ignored: str
) -> None:
    write_template(tmp_path, MEASURED)
    (tmp_path / "ignore").write_text(ignored, "utf-8")
    excludes = f"[core]\n    excludesFile = {(tmp_path / 'ignore').as_posix()}\n"
    (tmp_path / ".gitconfig").write_text(excludes, "utf-8")

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path, HOME=str(tmp_path))

    project = tmp_path / "tiny-loop"
    assert finished.stderr == ""
    subjects = git(project, "log", "--format=%s").splitlines()
    assert subjects == ["Results of the first run", "Start from the tiny template"]
    assert git(project, "log", "-1", "--format=%(trailers:key=Scaffold-Run)").strip()
    changed = git(project, "diff", "--name-only", "HEAD~1", "HEAD").splitlines()
    assert changed == ["README.md", "uv.lock"]
    assert git(project, "status", "--porcelain") == ""


def test_the_results_are_not_committed_to_the_repository_around(
    tool: Installed, tmp_path: Path
) -> None:
    write_template(tmp_path, MEASURED)
    git(tmp_path, "init")

    finished = tool.run("new", "tiny", "--run", cwd=tmp_path)

    assert finished.returncode == 0
    assert finished.stderr.count("note: ") == 1
    assert git(tmp_path, "log", "--all") == ""


def test_without_git_nothing_is_committed(tool: Installed, tmp_path: Path) -> None:
    write_template(tmp_path, MEASURED)

    finished = tool.run("new", "tiny", "--no-git", "--run", cwd=tmp_path)

    assert finished.returncode == 0
    assert finished.stderr == ""
    assert not (tmp_path / "tiny-loop" / ".git").exists()
