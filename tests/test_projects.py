"""What every generated project has to do, whatever it predicts: each is made by `--run` on its real data."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import uv
from conftest import SCRIPTS, Installed
from projects import Project, request, served

from scaffold.catalog import Template, find, templates
from scaffold.questions import Answers
from scaffold.rendering import render

TRAINING_LIBRARIES = {"evidently", "matplotlib", "mlflow", "pandas", "pyarrow", "scikit-learn", "skops"}
OVERRIDDEN = {
    "sentiment": set(),
    "price-prediction": {"src/{{package}}/metrics.py", "tests/test_metrics.py.jinja"},
    "image-classification": {
        *("src/{{package}}/batches.py", "src/{{package}}/serving/transport.py", "tests/test_fuzz_files.py.jinja"),
        *("tests/serving/test_scoring.py.jinja", "tests/serving/test_transport.py.jinja"),
    },
}


@pytest.fixture(scope="session", params=sorted(templates()))
def project(made: Any, request: pytest.FixtureRequest) -> Project:
    finished: Project = made(request.param)
    return finished


def test_the_loop_takes_about_two_minutes_and_says_what_it_found(project: Project) -> None:
    seconds = project.seconds()

    assert len(seconds) == 12  # the environment, and eleven stages
    assert sum(seconds[1:]) < 450  # 150 s on two free cores; these may be busy
    summary = project.printed.split("== summary")[1]
    for expected in ("baseline, ", "champion, version 1", "under drift, version 1", "serve", "mlflow"):
        assert expected in summary


def test_at_least_three_candidates_two_baselines_and_the_protocols_are_tracked(project: Project) -> None:
    stages = project.stages()

    assert stages.count("baseline") >= 2
    assert stages.count("candidate") >= 3
    assert stages.count("protocol") >= 1


def test_monitoring_is_quiet_at_first_fires_on_the_drift_and_is_quiet_after_retraining(project: Project) -> None:
    decisions = project.decisions()

    assert [decision["status"] for decision in decisions] == ["healthy", "retraining advised", "healthy"]
    assert all((project.folder / "reports" / decision["report"]).is_file() for decision in decisions)
    page = (project.folder / "reports" / "index.html").read_text("utf-8")
    assert all(f'href="{decision["report"]}"' in page for decision in decisions)


def test_the_story_of_the_drift_is_told_with_intervals_by_the_run_and_in_the_readme(project: Project) -> None:
    for time in ("before the drift", "under drift", "after retraining"):
        told = re.findall(rf"{time}, version \d: \w+ \d\.\d{{3}} \(\d\.\d{{3}} to \d\.\d{{3}}\)", project.printed)
        assert len(told) == 1
        assert f"| {time}" in project.readme


def test_readme_and_model_card_show_what_was_measured(project: Project) -> None:
    first = project.promotions()[0]["evidence"]
    score = first["score"]

    for page in (project.readme, (project.folder / "MODEL_CARD.md").read_text("utf-8")):
        assert f"**{score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})**" in page
        assert all(f"| {name} |" in page for name in first["protocols"])
        assert "is weakest" in page
        assert "No results yet" not in page


def test_the_licence_of_the_data_stands_in_readme_and_model_card(project: Project) -> None:
    answers = (project.folder / ".template.yml").read_text("utf-8")
    template = re.findall(r"^template: (\S+)$", answers, re.MULTILINE)[0]

    for page in ("README.md", "MODEL_CARD.md"):
        assert find(template).card["data_licence"] in (project.folder / page).read_text("utf-8")


def test_of_what_the_run_leaves_behind_git_sees_what_is_shown(project: Project) -> None:
    changed = subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607  (the git that the user would run)
        cwd=project.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    changes = [line.split() for line in changed.stdout.splitlines()]
    changed_pages = [path for kind, path in changes if kind == "M" and not path.startswith("docs/")]
    assert changed_pages == ["CITATION.cff", "MODEL_CARD.md", "README.md"]
    new = [path for kind, path in changes if kind == "??"]
    assert new == ["docs/results.json", "docs/results/", "site/", "uv.lock"]


@pytest.mark.parametrize("command", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)])
def test_the_project_passes_its_own_checks(project: Project, command: tuple[str, ...]) -> None:
    finished = project.run(*command)

    assert finished.returncode == 0, finished.stdout + finished.stderr


# Each promotion of pictures embeds hundreds: ten minutes of tests of code that the other two projects test as well.
SLOW = ["promotion/test_promotion.py", "training/test_retraining.py", "training/test_feedback.py"]
SLOW += ["test_history.py", "test_cli.py"]


def test_the_projects_own_tests_pass(project: Project) -> None:
    left_out = [f"--ignore=tests/{name}" for name in SLOW] if project.name == "my-solar-cells" else []
    finished = project.run("pytest", "-q", "-p", "no:cacheprovider", *left_out)

    assert finished.returncode == 0, finished.stdout
    assert re.search(r"\d{3} passed", finished.stdout)
    assert "skipped" not in finished.stdout


def test_rollback_and_status_tell_the_story_of_the_champion(project: Project) -> None:
    back = project.run(project.name, "rollback")
    status = project.run(project.name, "status")
    history = project.run(project.name, "status", "--history")

    assert "version 1 serves again, in place of version 2" in back.stdout
    assert "champion: version 1" in status.stdout
    assert status.stdout.index("version 2 promoted") < status.stdout.index("version 1 serves again")
    assert re.findall(r"(promoted|serves again) +(\S+ to \d)", history.stdout) == [
        *(("promoted", "- to 1"), ("promoted", "1 to 2"), ("serves again", "2 to 1")),
    ]


def test_serving_needs_no_training_library(project: Project, tmp_path: Path) -> None:
    """What the Dockerfile does, without Docker: the package alone, the champion beside it."""
    venv = tmp_path / "venv"
    tool = [uv.find_uv_bin(), "--quiet"]
    subprocess.run([*tool, "venv", "--python", sys.executable, venv], check=True)
    subprocess.run([*tool, "pip", "install", "--python", venv, project.folder], env=project.environment, check=True)
    listed = subprocess.run(
        [*tool, "pip", "list", "--python", venv, "--format", "freeze"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    environment = project.environment | {"DATABASE_URL": f"sqlite:///{(tmp_path / 'log.db').as_posix()}"}
    environment |= {"PROJECT_ROOT": str(project.folder)}

    with served([venv / SCRIPTS / project.name, "serve"], tmp_path, environment) as url:
        health = request(f"{url}/health")
        documented = request(f"{url}/openapi.json")["paths"]

    assert health["status"] == "ok"
    assert {"/predict", "/explain", "/feedback", "/health"} <= set(documented)
    assert not TRAINING_LIBRARIES & {line.split("==")[0] for line in listed.split()}


def test_the_image_is_built_in_two_stages_and_runs_without_root(project: Project) -> None:
    dockerfile = (project.folder / "Dockerfile").read_text("utf-8")

    assert dockerfile.count("\nFROM ") == 2
    assert dockerfile.index("\nUSER app") < dockerfile.index("\nCMD")
    assert "\nHEALTHCHECK" in dockerfile


def test_the_workflows_follow_their_schema_and_are_safe(project: Project) -> None:
    workflows = sorted((project.folder / ".github" / "workflows").glob("*.yml"))
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows]
    zizmor = [Path(sys.executable).parent / "zizmor", "--offline", "--quiet", *workflows]

    assert [path.name for path in workflows] == ["azure.yml", "ci.yml", "monitor.yml", "pages.yml", "space.yml"]
    for command in (schema, zizmor):
        finished = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("name", ["a", "a-name-of-forty-letters-which-is-longest"])
@pytest.mark.parametrize("template", sorted(templates()))
def test_the_code_is_clean_whatever_the_project_is_called(
    installed: Installed, tmp_path: Path, template: str, name: str
) -> None:
    made = installed.run("new", template, name, "--licence", "none", "--no-git", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    for command in (["check"], ["format", "--check"]):
        finished = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"],
            cwd=tmp_path / name,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == 0, finished.stdout


def test_the_shared_files_are_the_same_in_all_projects_but_for_its_names(tmp_path: Path) -> None:
    trees = {name: rendered(template, tmp_path / name) for name, template in templates().items()}

    own = {path.relative_to(find("sentiment").lifecycle).as_posix() for path in shared_files(find("sentiment"))}
    for name, template in templates().items():
        overridden = {file for file in own if (template.folder / file).exists()}
        assert overridden == OVERRIDDEN[name]
        for file in own - overridden:
            expected = next(tree[file] for other, tree in trees.items() if file not in OVERRIDDEN[other])
            assert trees[name][file] == expected, file


def shared_files(template: Template) -> list[Path]:
    found = [path for folder in ("src", "tests") for path in template.lifecycle.joinpath(folder).rglob("*")]
    return [path for path in found if path.is_file() and path.parent.name != "__pycache__"]


def rendered(template: Template, folder: Path) -> dict[str, bytes]:
    """The shared files as they stand in a project, by their name in the lifecycle, the project's names taken out."""
    name = template.card["name"]
    render(template, Answers(name=name, author="Ada", description="A project.", licence="MIT"), 2026, folder)
    package = name.replace("-", "_")
    found = {}
    for path in shared_files(template):
        file = path.relative_to(template.lifecycle).as_posix()
        written = folder / file.replace("{{package}}", package).removesuffix(".jinja")
        text = written.read_bytes().replace(package.encode(), b"{{ package }}")
        found[file] = text.replace(name.encode(), b"{{ name }}")
    return found
