"""A project is made, runs, tests itself and serves amid the traces of other programs."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import Installed
from projects import Project
from servers import free_port
from services import Service

from scaffold import catalog

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays POSIX traces")

# A question mark, a hash, a quote, blanks, Japanese; 200 characters in all.
FOLDER = "what? #1 it's here 日本語 ü ".ljust(200, "x")
VARIABLES = {
    # Windows
    "PUBLIC": r"C:\Users\Public",
    "USERNAME": "Ada",
    "TEMP": r"C:\Users\Ada\AppData\Local\Temp",
    "OS": "Windows_NT",
    "PROCESSOR_ARCHITECTURE": "AMD64",
    "PROCESSOR_IDENTIFIER": "Intel64 Family 6",
    # Heroku and Render
    "DATABASE_URL": "postgres://app:secret@db.invalid/app",
    "PORT": "5000",
    "DYNO": "web.1",
    "RENDER": "true",
    "WEB_CONCURRENCY": "9",
    # Kubernetes, for Services that are called `api` and as the project
    "KUBERNETES_SERVICE_HOST": "10.0.0.1",
    "API_PORT": "tcp://10.0.0.1:80",
    "API_HOST": "10.0.0.1",
    # Jupyter and Colab
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "JPY_PARENT_PID": "1",
    "COLAB_GPU": "1",
    # MLflow and Prefect
    "MLFLOW_RUN_ID": "0123456789abcdef0123456789abcdef",
    "MLFLOW_EXPERIMENT_ID": "99",
    "MLFLOW_EXPERIMENT_NAME": "another",
    "MLFLOW_REGISTRY_URI": "sqlite:////nowhere/other.db",
    "PREFECT_API_URL": "http://127.0.0.1:9/api",
    "PREFECT_HOME": "/nowhere",
    # uv, pip and git
    "UV_FROZEN": "1",
    "UV_NO_DEFAULT_GROUPS": "1",
    "UV_NO_GROUP": "dev",
    "UV_NO_INSTALL_PROJECT": "1",
    "UV_PROJECT_ENVIRONMENT": "/nowhere",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_USER": "1",
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_WORK_TREE": "/nowhere",
    # Settings of other projects, with the names that ours have behind their prefix
    "SEED": "x",
    "WORKERS": "many",
    "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
    # A console of old, a proxy that is gone, no home
    "PYTHONIOENCODING": "cp1252",
    "PYTHONUTF8": "0",
    "LANG": "C",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HOME": "/proc/nowhere",
    "USERPROFILE": "/proc/nowhere",
    "XDG_CONFIG_HOME": "/proc/nowhere",
}
MODULES = ("config", "conftest", "data", "examples", "features", "model", "schema", "sending")


@dataclass(frozen=True)
class World:
    """The tool in a hostile place."""

    tool: Installed
    folder: Path

    def project(self, template: str, name: str, rows: int, *arguments: str) -> Project:
        """A project after `new --run` on a sample."""
        prefix = name.upper().replace("-", "_")
        sample = {f"{prefix}_SAMPLE_ROWS": str(rows), f"{prefix}_FOLDS": "2"}
        # Kubernetes again
        sample |= {f"{prefix}_SERVICE_HOST": "10.0.0.1", f"{prefix}_PORT": "tcp://10.0.0.1:80"}
        command = [str(self.tool.command)]
        if "--data" in arguments:
            command = [sys.executable, "-m", "scaffold"]  # with what reads data
        finished = subprocess.run(
            [*command, "new", *arguments, "--author", "Ada", "--run"],
            cwd=self.folder,
            env=self.tool.environment | sample,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="cp1252",
            errors="replace",
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        environment = self.tool.environment | sample
        return Project(template, self.folder / name, environment, finished.stdout)


@pytest.fixture
def world(installed: Installed, tmp_path: Path) -> Iterator[World]:
    """Lays the traces of other machines around the tool: variables, files, rights."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    workspace = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    (tmp_path / "pyproject.toml").write_text(workspace, "utf-8")
    shadows = tmp_path / "shadows"
    shadows.mkdir()
    for module in MODULES:
        (shadows / f"{module}.py").write_text("raise SystemExit('another program')\n", "utf-8")
    hooks = tmp_path / "git template" / "hooks"
    hooks.mkdir(parents=True)
    hook = hooks / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    (tmp_path / "ignored").write_text("*.parquet\n*.onnx\n*.csv\n*.md\n", "utf-8")
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f'[core]\nexcludesFile = "{tmp_path / "ignored"}"\nautocrlf = true\n'
        f'[init]\ntemplateDir = "{hooks.parent}"\n[commit]\ngpgSign = true\n',
        "utf-8",
    )
    environment = installed.environment | VARIABLES
    environment |= {"GIT_CONFIG_GLOBAL": str(settings), "PYTHONPATH": str(shadows)}
    before = os.umask(0o077)
    yield World(replace(installed, environment=environment), folder)
    os.umask(before)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(name, marks=[] if name == "sentiment" else pytest.mark.slow)
        for name in catalog.names()
    ],
)
def test_a_template_goes_all_the_way_in_a_hostile_world(
    world: World, made: Callable[[str], Project], template: str
) -> None:
    card = made(template).card  # its packages are in uv's cache by now

    goes_all_the_way(world.project(template, card["name"], card["sample"], template))


@pytest.mark.slow
def test_a_table_of_ones_own_goes_all_the_way_in_a_hostile_world(world: World) -> None:
    rows = ["size,district,age,rent"]
    for number in range(900):
        size = 30 + number * 7 % 90
        district, age = ["north", "south", "east"][number % 3], number * 13 % 70
        rent = 300 + 11 * size - 2 * age + 90 * (number % 3) + number * 17 % 23
        rows.append(f"{size},{district},{age},{rent}")
    table = world.folder / "rents é.csv"
    table.write_text("\n".join(rows) + "\n", "utf-8")

    goes_all_the_way(
        world.project(
            "table", "my-rents", 900, "my-rents", "--data", table.name, "--target", "rent"
        )
    )


def goes_all_the_way(project: Project) -> None:
    """Its history is whole, its tests pass, its service answers, and nothing lies elsewhere."""
    assert "== summary" in project.printed
    own = {"GIT_DIR": str(project.folder / ".git"), "GIT_WORK_TREE": str(project.folder)}
    own["GIT_INDEX_FILE"] = str(project.folder / ".git" / "index")
    inside = replace(project, environment={**project.environment, **own})
    assert inside.git("status", "--porcelain") == ""
    committed = inside.git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert {"README.md", "pyproject.toml", "docs/results.json"} <= set(committed)

    tests = project.call("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout + tests.stderr

    port = free_port()
    command = project.command(project.name)
    service = Service(command, project.folder, project.prefix, project.environment, port)
    try:
        service.start()
        replayed = project.run("replay", "stream", "--url", service.url)
        assert replayed.returncode == 0, replayed.stderr
        assert " predictions by version " in replayed.stdout
        assert project.run("monitor").returncode in (0, 3)
        assert service.terminate() in (0, -15)
    finally:
        service.stop()
    assert not Path("/nowhere").exists()


@pytest.fixture
def read_only_home(installed: Installed, tmp_path: Path) -> Installed:
    """The tool of a user whose home can't be written, as a file system that is mounted for it."""
    mounting = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    unshare = ["unshare", "--mount"]
    if os.geteuid() != 0:
        unshare.append("--map-root-user")
    home = tmp_path / "home"
    home.mkdir()
    wrapped = tmp_path / "scaffold"
    command = shlex.join([*unshare, "sh", "-c", mounting, str(home), str(installed.command)])
    wrapped.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    wrapped.chmod(0o755)
    environment = installed.environment | {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    user = replace(installed, command=wrapped, environment=environment)
    if user.run("--version", cwd=tmp_path).returncode != 0:
        pytest.skip("no file system can be mounted here")
    return user


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system for one process")
def test_a_home_that_is_read_only_is_named_before_a_run(
    read_only_home: Installed, tmp_path: Path
) -> None:
    default = {"UV_CACHE_DIR": str(tmp_path / "home" / ".cache" / "uv")}

    finished = read_only_home.run("new", "sentiment", "reviews", "--run", cwd=tmp_path, **default)

    assert finished.returncode == 1
    assert "uv can't write to its cache" in finished.stderr
    assert "UV_CACHE_DIR" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system for one process")
def test_a_run_needs_no_home_but_for_the_cache(read_only_home: Installed, tmp_path: Path) -> None:
    rows = str(catalog.find("sentiment").card["sample"])
    sample = {"REVIEWS_SAMPLE_ROWS": rows, "REVIEWS_FOLDS": "2"}

    finished = read_only_home.run("new", "sentiment", "reviews", "--run", cwd=tmp_path, **sample)

    assert finished.returncode == 0, finished.stderr
    assert "== summary" in finished.stdout
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "> /dev/full"])
def test_a_stream_that_is_closed_or_full_gives_no_traceback(
    installed: Installed, tmp_path: Path, closed: str
) -> None:
    command = f'"$0" new sentiment reviews --no-git {closed}'

    finished = subprocess.run(
        ["sh", "-c", command, installed.command],  # noqa: S607
        cwd=tmp_path,
        env=installed.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert "Traceback" not in finished.stderr
    assert (tmp_path / "reviews" / "pyproject.toml").is_file()
