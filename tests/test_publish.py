"""What `docs/publish.md` and the workflows type, held against the tools' own help; and the Space, as it would run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml
from conftest import SCRIPTS, run_uv
from huggingface_hub import SpaceCard
from projects import Project, request, served
from servers import missing

from scaffold.catalog import find, templates
from scaffold.questions import Answers
from scaffold.rendering import render

AZURE = "azure-cli==2.91.0"
TOOLS = {"gh": "gh", "docker": "docker.io"}  # and Debian's package
CHECKED = (*TOOLS, "hf", "az")
Help = Callable[[str, str], str]


@pytest.fixture(scope="module", params=sorted(templates()))
def folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The files of a project with a long name, in which nothing has run."""
    folder = tmp_path_factory.mktemp("files")
    answers = Answers(name="a-name-of-forty-letters-which-is-longest", author="Ada", description="?", licence="MIT")
    render(find(request.param), answers, 2026, folder)
    return folder


@pytest.fixture(scope="module")
def help_of(tmp_path_factory: pytest.TempPathFactory) -> Help:
    """What a tool prints of one of its commands when it is asked for help. Azure's is installed for it: no account."""
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {"HOME": str(home), "AZURE_CONFIG_DIR": str(home), "COLUMNS": "200"}

    @cache
    def program(tool: str) -> str:
        if tool == "az":
            run_uv("--quiet", "venv", str(home / "az"))
            python = str(home / "az" / SCRIPTS / "python")
            run_uv("--quiet", "pip", "install", "--python", python, AZURE)
            return python
        beside = Path(sys.executable).with_name(tool)
        found = str(beside) if beside.is_file() else shutil.which(tool)
        if not found:
            missing(tool, TOOLS[tool])
        return str(found)

    @cache
    def help_of(tool: str, command: str) -> str:
        start = [program(tool), *(["-m", "azure.cli"] if tool == "az" else [])]
        asked = subprocess.run(
            [*start, *command.split(), "--help"], env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert asked.returncode == 0, f"{tool} {command}: {asked.stderr}"
        return asked.stdout + asked.stderr

    return help_of


@pytest.mark.parametrize("tool", CHECKED)
def test_every_command_and_option_exists_in_the_tools_own_help(folder: Path, help_of: Help, tool: str) -> None:
    typed = [words for words in commands(folder) if words[0] == tool]

    assert typed
    for words in typed:
        command, options = parsed(words)
        said = help_of(tool, command)
        named = f"{tool} {command}"
        assert re.search(rf"(?<![\w-]){re.escape(named)}(?![\w-])", said), f"{tool} doesn't know '{named}'"
        for option in options:
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", said), f"{named} has no option {option}"


def test_the_check_notices_a_command_or_an_option_that_does_not_exist(help_of: Help) -> None:
    assert "--sdk" in help_of("hf", "repos create")
    assert "--no-such-option" not in help_of("hf", "repos create")
    with pytest.raises(AssertionError):
        help_of("hf", "repos no-such-command")


def test_no_secret_is_typed_and_each_that_a_workflow_reads_is_in_the_page(folder: Path) -> None:
    page = (folder / "docs" / "publish.md").read_text("utf-8")
    workflows = [(folder / ".github" / "workflows" / f"{name}.yml").read_text("utf-8") for name in ("space", "azure")]

    secrets = {name for text in workflows for name in re.findall(r"secrets\.(\w+)", text)}

    assert secrets == {"HF_TOKEN", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"}
    for name in secrets:
        assert re.search(rf"^gh secret set {name} --env \w+$", page, re.MULTILINE)
    assert not [words for words in commands(folder) if {"--token", "--password", "--body"} & set(words)]


def test_each_variable_that_switches_a_workflow_on_is_in_the_page(folder: Path) -> None:
    page = (folder / "docs" / "publish.md").read_text("utf-8")
    workflows = [path.read_text("utf-8") for path in (folder / ".github" / "workflows").glob("*.yml")]

    switches = {name for text in workflows for name in re.findall(r"vars\.(\w+)", text)}

    assert "PAGES" in switches
    assert not [name for name in switches if name not in page]


def test_the_workflows_are_started_by_hand_and_may_no_more_than_they_need(folder: Path) -> None:
    space, azure = (
        yaml.safe_load((folder / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
        for name in ("space", "azure")
    )

    for workflow, name in ((space, "space"), (azure, "azure")):
        assert list(workflow[True]) == ["workflow_dispatch"]  # YAML 1.1 takes `on` for a truth value
        assert workflow["permissions"] == {"contents": "read"}
        (job,) = workflow["jobs"].values()
        assert job["environment"] == name
    assert "permissions" not in space["jobs"]["publish"]
    assert azure["jobs"]["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert len(azure["jobs"]["deploy"]["env"]["APP"]) < 32


def test_the_space_holds_the_champion_alone_and_answers_on_its_port(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    project = made("sentiment")
    laid_out = project.run("python", "operations/make_space.py")
    assert laid_out.returncode == 0, laid_out.stderr
    space = shutil.copytree(project.folder / "space", tmp_path / "space")
    version = json.loads((space / "champion" / "current.json").read_text("utf-8"))["version"]

    card = SpaceCard.load(space / "README.md").data
    dockerfile = (space / "Dockerfile").read_text("utf-8")
    settings = dict(re.findall(r"(\w+)=(\S+)", re.findall(r"^ENV (API_PORT.*)$", dockerfile, re.MULTILINE)[0]))
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    users = re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)

    assert (card.sdk, card.get("app_port")) == ("docker", 7860)
    assert all((space / name).exists() for line in copied for name in line.split())
    assert users[-1] == "1000"
    assert {path.name for path in (space / "champion").iterdir()} <= {
        *("current.json", f"v{version}", f"v{version}.examples.json")
    }
    environment = project.environment | settings | {"API_HOST": "0.0.0.0", "PROJECT_ROOT": str(space)}  # noqa: S104
    environment |= {"DATABASE_URL": f"sqlite:///{(tmp_path / 'log.db').as_posix()}"}
    with served([project.command(project.name), "serve"], space, environment) as url:
        answer = request(f"{url}/predict", '{"text": "A warm, clever film!"}')
    assert answer["model_version"] == version
    environment |= {"API_KEYS": "a-key-for-this-space"}
    with (
        served([project.command(project.name), "serve"], space, environment) as url,
        pytest.raises(urllib.error.HTTPError, match="401"),
    ):
        request(f"{url}/predict", '{"text": "A warm, clever film!"}')


def test_without_a_champion_no_space_is_laid_out(folder: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "operations/make_space.py"], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )

    assert finished.returncode == 1
    assert finished.stderr == (
        "error: There is no champion to publish. Run: a-name-of-forty-letters-which-is-longest run\n"
    )
    assert not (folder / "space").exists()


def commands(folder: Path) -> list[list[str]]:
    """The commands of the four tools in the page's blocks and in the steps of the workflows, as words."""
    page = (folder / "docs" / "publish.md").read_text("utf-8")
    lines = "".join(re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)).splitlines()
    for path in sorted((folder / ".github" / "workflows").glob("*.yml")):
        workflow = yaml.safe_load(path.read_text("utf-8"))
        steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
        lines += [line for step in steps for line in step.get("run", "").replace("\\\n", " ").splitlines()]
    found = [shlex.split(line.replace('"$RUNNER_TEMP/hub/bin/hf"', "hf")) for line in lines]
    return [words for words in found if words and words[0] in CHECKED]


def parsed(words: list[str]) -> tuple[str, list[str]]:
    """The command of a tool, which is its leading lower-case words, and the options that are given to it."""
    tool, *rest = words
    ends = [number for number, word in enumerate(rest) if not re.fullmatch(r"[a-z][a-z-]*", word)]
    command = rest[: ends[0]] if ends else rest
    command = command[:1] if tool == "docker" and command[0] != "compose" else command
    return " ".join(command), [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
