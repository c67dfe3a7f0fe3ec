"""The add-ons `gcp` and `aws`: every command of their pages and workflows, read by the real tools.

A workflow's steps and a page's blocks run in bash. gcloud has no account, so each command ends
after its arguments are parsed; aws validates them against its service models, and then calls a
closed port of this machine. Neither calls its platform.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import Installed
from sharing import once

from scaffold import catalog

TEMPLATE = "sentiment"
FAULTS = "faults.txt"
READ = "read.txt"
VALUES = """
PROJECT=my-project
NUMBER=1234567890
ACCOUNT=123456789012
TAG=1-1
ACTIONS_ID_TOKEN_REQUEST_URL='http://127.0.0.1:9/token?version=2'
ACTIONS_ID_TOKEN_REQUEST_TOKEN=token
export RUNNER_TEMP=$PWD
"""
NOT_READ = """
docker() { cat > /dev/null; }
curl() { echo '{"value": "token"}'; }
gh() { echo value; }
openssl() { echo 0123456789abcdef; }
jq() { command jq "$@" || echo "jq $*" >> faults.txt; }
"""
READERS = {
    "gcloud": """
gcloud() {
    echo "$*" >> read.txt
    command gcloud "$@" < /dev/null 2> error.txt && return
    [ $? -eq 1 ] && grep -Eq "active account|current auth tokens" error.txt && echo value && return
    { echo "gcloud $*"; cat error.txt; } >> faults.txt
}
""",
    "aws": """
aws() {
    echo "$*" >> read.txt
    [ "$1 $2" = "configure set" ] && { command aws "$@"; return; }
    command aws "$@" --endpoint-url http://127.0.0.1:9 2> error.txt
    grep -q "Could not connect to the endpoint URL" error.txt ||
        { echo "aws $*"; cat error.txt; } >> faults.txt
    case "$*" in
        *statusCode*) echo "$STATUS" ;;
        *"output json"*) echo '{"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "b"}}' ;;
        *) echo 123456789012 ;;
    esac
}
""",
}


@pytest.fixture(params=["gcp", "aws"])
def add_on(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory, add_on: str) -> Path:
    """The folder of a project with the add-on; nothing has run."""
    name = catalog.find(TEMPLATE).card["name"]

    def render(folder: Path) -> None:
        finished = installed.run("new", TEMPLATE, name, "--no-git", "--add", add_on, cwd=folder)
        assert finished.returncode == 0, finished.stderr

    return once(tmp_path_factory, f"{TEMPLATE} with {add_on}", render) / name


def tool(add_on: str) -> str:
    """The tool that the add-on's commands are for; skips the test where it is not installed."""
    name = {"gcp": "gcloud", "aws": "aws"}[add_on]
    for program in (name, "jq"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    return name


def page(project: Path, add_on: str) -> str:
    """The commands of the page, in their order."""
    text = (project / "docs" / f"{add_on}.md").read_text("utf-8")
    return "\n".join(re.findall(r"(?ms)^```bash\n(.*?)^```$", text))


def workflow(project: Path, add_on: str) -> str:
    """The steps of the workflow that build, sign in and deploy."""
    text = (project / ".github" / "workflows" / f"{add_on}.yml").read_text("utf-8")
    job = yaml.safe_load(text)["jobs"]["deploy"]
    plain = {name: value for name, value in job["env"].items() if "{{" not in value}
    lines = [f"export {name}={value}" for name, value in plain.items()]
    steps = [step["run"] for step in job["steps"] if "name" in step]
    return "\n".join(lines + steps)


def read(name: str, script: str, folder: Path) -> tuple[str, str]:
    """The commands that the tool has read, and what it found wrong with them."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CLOUDSDK_CONFIG": str(folder / "gcloud"),
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_MAX_ATTEMPTS": "1",
    }
    command = ["bash", "-c", VALUES + NOT_READ + READERS[name] + script]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    faults = folder / FAULTS
    return (folder / READ).read_text("utf-8"), faults.read_text("utf-8") if faults.exists() else ""


@pytest.mark.slow
def test_the_tool_accepts_each_command_of_the_page(
    project: Path, tmp_path: Path, add_on: str
) -> None:
    name, script = tool(add_on), page(project, add_on)

    commands, faults = read(name, script, tmp_path)

    assert len(commands.splitlines()) >= len(re.findall(rf"\b{name} [a-z]", script))
    assert faults == ""


@pytest.mark.slow
@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
def test_the_tool_accepts_each_command_of_the_workflow(
    project: Path, tmp_path: Path, add_on: str, later: bool
) -> None:
    if later and add_on == "gcp":
        pytest.skip("the workflow deploys in the same way each time")
    name, script = tool(add_on), workflow(project, add_on)

    status = f"STATUS={'ACTIVE' if later else 'INACTIVE'}\n"
    commands, faults = read(name, status + script, tmp_path)

    assert faults == ""
    deploys = {"gcp": "run deploy", "aws": f"ecs {'update' if later else 'create'}-express"}
    assert deploys[add_on] in commands


def test_a_wrong_option_is_noticed(tmp_path: Path, add_on: str) -> None:
    name = tool(add_on)
    wrong = {
        "gcp": 'gcloud run deploy app --imagge "$TAG"',
        "aws": "aws ecs create-express-gateway-service --primary-container port=8000",
    }

    _, faults = read(name, wrong[add_on], tmp_path)

    assert faults.startswith(wrong[add_on].split(" -")[0])


def test_the_first_line_of_page_and_workflow_says_that_it_was_never_seen_running(
    project: Path, add_on: str
) -> None:
    text = (project / "docs" / f"{add_on}.md").read_text("utf-8")
    steps = (project / ".github" / "workflows" / f"{add_on}.yml").read_text("utf-8")

    assert text.split("\n\n")[1].startswith("**Not tested on ")
    assert steps.startswith("# Not tested on ")
