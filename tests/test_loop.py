"""The whole loop of each project, and what its owner finds then: made by `--run` on a sample."""

import base64
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import CHECKS, TEMPLATES
from conftest import SCRIPTS, SUFFIX, run_uv
from projects import Project, cloned, copied
from services import Service, service_of

COMMANDS = (
    "prepare train promote serve replay monitor retrain rollback score purge report status run"
)
STAGES = "prepare train promote replay monitor replay-drift monitor-drift retrain replay-after"
STAGES += " monitor-after report summary"
TRAINING = {"evidently", "matplotlib", "mlflow", "pandas", "pyarrow", "scikit-learn", "scipy"}
OWN = ("schema", "source", "features", "model", "predictor", "metrics")  # tests of a template

# What other programs set for themselves: Windows, Kubernetes, Heroku, a notebook, MLflow.
HOSTILE = {
    "PUBLIC": r"C:\Users\Public",
    "API_PORT": "tcp://10.0.0.1:8000",
    "API_HOST": "10.0.0.1",
    "DATABASE_URL": "postgres://app:secret@db.invalid/app",
    "PORT": "5000",
    "WORKERS": "many",
    "SEED": "x",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MLFLOW_RUN_ID": "0123456789abcdef0123456789abcdef",
    "MLFLOW_EXPERIMENT_ID": "99",
    "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
    "PROJECT_ROOT": "/nowhere",
    "PYTHONIOENCODING": "cp1252",
    "PYTHONUTF8": "0",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture(params=TEMPLATES)
def project(made: Callable[[str], Project], request: pytest.FixtureRequest) -> Project:
    return made(request.param)


def test_the_run_names_each_stage_and_what_it_has_found(project: Project) -> None:
    headings = re.findall(r"^== (\S+)", project.printed, re.MULTILINE)

    assert headings == ["environment", *STAGES.split()]
    for words in ("raw", "is the challenger", "promoted: ", "predictions by version", "written: "):
        assert words in project.printed
    assert "error:" not in project.printed
    assert "Warning" not in project.printed


def test_the_commands_are_listed_in_the_order_of_the_lifecycle(project: Project) -> None:
    shown = project.run("--help").stdout

    commands = re.findall(r"^\W* (\w+)  +\w", shown.split("Commands")[1], re.MULTILINE)
    assert commands == COMMANDS.split()


def test_the_first_commit_is_the_template_the_second_the_results_and_nothing_is_left(
    project: Project,
) -> None:
    log = project.git("log", "--reverse", "--format=%s%n%b").split("\n\n")
    changed = project.git("show", "--name-only", "--format=", "HEAD").split()

    assert project.git("status", "--porcelain") == ""
    assert len(project.git("rev-list", "HEAD").split()) == 2, log
    assert f"Scaffold-Template: {project.template} " in project.git("log", "--format=%B", "HEAD~1")
    pages = {"README.md", "MODEL_CARD.md", "docs/results.md", "docs/results.json"}
    assert set(changed) == {*pages, "docs/loop.png", "docs/answers.png", "uv.lock"}


def test_readme_and_model_card_show_what_was_measured_here_and_in_a_clone(
    project: Project, tmp_path: Path
) -> None:
    clone = cloned(project, tmp_path / project.name)
    score = project.history()[0]["evidence"]["score"]
    shown = f"{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"

    for page in ("README.md", "MODEL_CARD.md", "docs/results.md"):
        assert shown in project.text(page), page
        assert "No results yet" not in project.text(page)
    assert "all pages are up to date" in project.run("report", "--check").stdout
    assert "all pages are up to date" in clone.run("report", "--check").stdout
    assert clone.git("status", "--porcelain").split() == ["??", ".venv"]  # its link is the test's
    readme = clone.folder / "README.md"
    readme.write_text(readme.read_text("utf-8").replace(f"{score['value']:.3f}", "0.999"), "utf-8")
    changed = clone.run("report", "--check")
    assert changed.returncode == 1
    assert "README.md" in changed.stderr


def test_no_page_that_is_committed_names_a_folder_of_this_machine(project: Project) -> None:
    for place in project.git("ls-files").splitlines():
        content = (project.folder / place).read_bytes()
        assert str(project.folder.parent).encode() not in content, place


def test_the_drift_raises_an_alarm_with_a_report(project: Project) -> None:
    _, drifted, _ = project.decisions()

    assert drifted["status"] == "retraining advised"
    assert (project.folder / "reports" / drifted["report"]).is_file()


def test_the_projects_own_tests_pass(project: Project) -> None:
    """What is the same for all three is tested in the first."""
    paths = [f"tests/test_{name}.py" for name in OWN]
    own = [path for path in paths if (project.folder / path).is_file()]
    files = [] if project.template == TEMPLATES[0] else own

    check_own_tests(project, *files)


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES[1:])
def test_all_tests_of_the_other_projects_pass(
    made: Callable[[str], Project], template: str
) -> None:
    check_own_tests(made(template))


def check_own_tests(project: Project, *files: str) -> None:
    finished = project.call("pytest", "-q", "-p", "no:cacheprovider", *files)

    assert finished.returncode == 0, finished.stdout
    assert "skipped" not in finished.stdout
    print(finished.stdout.splitlines()[-1])


def test_serving_needs_no_training_library(project: Project, tmp_path: Path) -> None:
    """What the Dockerfile does, without Docker: the package alone, the champion beside it."""
    venv = tmp_path / "venv"
    python = str(venv / SCRIPTS / f"python{SUFFIX}")
    run_uv("venv", "--quiet", "--python", sys.executable, str(venv))
    run_uv("pip", "install", "--quiet", "--python", python, str(project.folder))
    listed = run_uv("pip", "list", "--quiet", "--python", python, "--format", "freeze")
    own = str(venv / SCRIPTS / f"{project.name}{SUFFIX}")

    with service_of(project, tmp_path / "service") as service:
        service.command = own
        service.start()
        example = json.loads(service.get("/examples")[1])[0]
        documented = json.loads(service.get("/openapi.json")[1])["paths"]
        answered = predict(service, example["request"])

    installed = {line.split("==")[0] for line in listed.splitlines()}
    assert TRAINING & installed <= set(CHECKS[project.template].serving)
    paths = "predict predict/batch explain feedback examples health ready metadata metrics"
    assert {f"/{path}" for path in paths.split()} <= set(documented)
    assert answered == 200
    assert "cannot import" not in service.printed


def predict(service: Service, record: dict[str, str]) -> int:
    """The status of an answer to an example, whose picture is sent as a file."""
    if "image" in record:
        return service.upload("/predict", base64.b64decode(record["image"]))[0]
    return service.post("/predict", record)[0]


LOADED = """
import sys
from PACKAGE.api import create_app
create_app()
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_nothing_that_trains_or_unpickles_is_imported_to_serve(
    project: Project, tmp_path: Path
) -> None:
    with service_of(project, tmp_path) as service:
        code = LOADED.replace("PACKAGE", project.package)
        finished = subprocess.run(
            [project.command("python"), "-c", code],
            cwd=service.root,
            env=project.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert finished.returncode == 0, finished.stderr
    heavy = {"sklearn", "pandas", "mlflow", "evidently", "scipy", "matplotlib", "joblib"}
    heavy |= {"cloudpickle", "skops", "torch"}
    assert heavy & set(finished.stdout.split()) <= set(CHECKS[project.template].serving)
    code = "".join(path.read_text("utf-8") for path in project.source.glob("*.py"))
    assert not re.search(r"import pickle|joblib\.load|eval\(|exec\(", code)


def test_every_command_of_the_readme_is_one_that_exists(project: Project) -> None:
    for line in commands_of(project):
        words = shlex.split(line)
        shown = project.run(words[0], "--help")
        assert shown.returncode == 0, line
        options = [word for word in words if word.startswith("--")]
        assert [option for option in options if option not in shown.stdout] == [], line


def test_a_demonstration_leaves_nothing_to_write(project: Project) -> None:
    pages = [*project.folder.glob("*.md"), *project.folder.glob("docs/*.md")]

    unwritten = [page.name for page in pages if "TO WRITE" in page.read_text("utf-8")]

    assert len(pages) >= 4
    assert unwritten == []


def commands_of(project: Project) -> list[str]:
    """What the README tells its reader to type after the name of the command."""
    pattern = rf"(?:^|`|/|uv run ){project.name} ([a-z][^`\n]*)"
    return re.findall(pattern, project.text("README.md"), re.MULTILINE)


def test_the_cheap_commands_of_the_readme_run(project: Project, tmp_path: Path) -> None:
    copy = copied(project, tmp_path / project.name)
    score = [line for line in commands_of(project) if line.startswith("score")]
    incoming, outgoing = shlex.split(score[0])[1:]
    write_incoming(copy, incoming)

    promoted = [entry for entry in copy.history() if entry["event"] == "promoted"]

    assert score_rows(copy, incoming, outgoing) == 20
    for line, statuses in (
        ("status", {0}),
        ("monitor", {0, 3}),
        ("report", {0}),
        ("report --check", {0}),
        ("purge --days 90", {0}),
        ("rollback", {0} if len(promoted) > 1 else {1}),  # a sample may not show a gain
        ("status", {0}),
    ):
        finished = copy.run(*shlex.split(line))
        assert finished.returncode in statuses, line + finished.stdout + finished.stderr
    with service_of(copy, tmp_path / "service") as service:
        service.start()
        sent = copy.run("replay", "stream", "--url", service.url)
    assert sent.returncode == 0, sent.stderr
    assert "predictions by version" in sent.stdout


def write_incoming(project: Project, name: str) -> None:
    """Twenty rows of the stream, as `score` takes them."""
    code = """
import sys, pathlib
import pyarrow.parquet as pq
rows = pq.read_table("data/stream.parquet").to_pandas().head(20)
target = pathlib.Path(sys.argv[1])
if "image" in rows:
    target.mkdir()
    for number, image in enumerate(rows["image"]):
        (target / f"{number}.png").write_bytes(image)
elif target.suffix == ".parquet":
    rows.to_parquet(target, index=False)
else:
    rows.to_csv(target, index=False)
"""
    finished = project.call("python", "-c", code, name)
    assert finished.returncode == 0, finished.stderr


def score_rows(project: Project, incoming: str, outgoing: str) -> int:
    finished = project.run("score", incoming, outgoing)
    assert finished.returncode == 0, finished.stderr
    code = f"import pandas as pd; print(len(pd.read_csv({outgoing!r})))"
    return int(project.call("python", "-c", code).stdout)


def test_rollback_and_status_tell_the_story_of_the_champion(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    copy = copied(made("sentiment"), tmp_path / "my-reviews")

    back = copy.run("rollback")
    status = copy.run("status").stdout
    again = copy.run("rollback", "--to", "2")

    assert "version 1 replaces version 2" in back.stdout
    assert "champion: version 1" in status
    assert status.index("version 2 promoted") < status.index("version 1 rolled back")
    assert "version 2 replaces version 1" in again.stdout
    events = [(entry["event"], entry["version"]) for entry in copy.history()]
    assert events[-2:] == [("rolled back", 1), ("rolled back", 2)]


def test_variables_of_other_programs_change_nothing(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    copy = copied(made("sentiment"), tmp_path / "my-reviews")
    before = json.loads(copy.text("data/dataset.json"))

    for command in ("prepare", "monitor", "report", "status"):
        finished = copy.run(command, **HOSTILE)
        assert finished.returncode in (0, 3), command + finished.stderr
    with service_of(copy, tmp_path / "service") as service:
        service.environment = {**service.environment, **HOSTILE}
        service.start()
        assert service.get("/ready")[0] == 200
        assert service.get("/metrics")[0] == 200

    assert json.loads(copy.text("data/dataset.json"))["digests"] == before["digests"]


@pytest.mark.slow
def test_the_whole_loop_runs_under_variables_of_other_programs(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    fresh = cloned(made("sentiment"), tmp_path / "my-reviews")

    finished = fresh.run("run", **HOSTILE)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert fresh.history()[0]["event"] == "promoted"
    assert not list(fresh.folder.glob("*.db-journal"))


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["a b%é?#&", "[x] 'y' ; $(id)", "C%+ä\N{SNOWMAN}"])
def test_the_whole_loop_runs_in_a_folder_with_odd_characters(
    made: Callable[[str], Project], tmp_path: Path, folder: str
) -> None:
    fresh = cloned(made("sentiment"), tmp_path / folder / "my-reviews")

    finished = fresh.run("run")

    assert finished.returncode == 0, finished.stdout + finished.stderr
    names = {path.name for path in fresh.folder.iterdir()}
    assert {"mlflow.db", "predictions.db", "mlartifacts"} <= names
    assert [path.name for path in tmp_path.iterdir()] == [folder]
    with service_of(fresh, tmp_path / folder / "service ?#%") as service:
        service.start()


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_long_commands_of_the_readme_run_and_the_loop_is_resumed(
    made: Callable[[str], Project], tmp_path: Path, template: str
) -> None:
    project = made(template)
    copy = copied(project, tmp_path / project.name)
    versions = len(copy.history())

    for command, statuses in (
        ("prepare", {0}),
        ("train", {0}),
        ("promote", {0, 4}),
        ("run --from replay", {0}),
    ):
        finished = copy.run(*command.split())
        assert finished.returncode in statuses, command + finished.stdout + finished.stderr

    assert len(copy.history()) > versions
    refused = copy.run("run")
    assert refused.returncode == 1
    assert "run --from replay" in refused.stderr


@pytest.mark.slow
def test_the_lines_for_pip_in_the_readme_make_an_environment(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    project = made("sentiment")
    folder = tmp_path / "by pip" / project.name
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns(".venv", "champion"))
    lines = re.findall(r"^(python -m venv .+|\.venv/bin/.+)$", project.text("README.md"), re.M)

    assert lines[0].startswith("python -m venv")
    for line in lines[:2]:
        words = shlex.split(line.replace("python ", f"{shlex.quote(sys.executable)} ", 1))
        subprocess.run(words, cwd=folder, env=project.environment, check=True)
    started = subprocess.run(
        [*shlex.split(lines[2])[:1], "status"],
        cwd=folder,
        env=project.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert started.returncode == 0, started.stderr
