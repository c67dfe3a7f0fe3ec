"""Images and containers of finished projects, on the engine of this machine: Docker or Podman."""

import json
import os
import secrets
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from projects import Project
from servers import free_port
from services import DATABASE, Service

BASE = "python:3.11-slim"
KEY = "a-key-for-the-container"


@dataclass(frozen=True)
class Engine:
    """Docker or Podman."""

    path: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, *arguments: str, text: str = "", check: bool = True) -> str:
        """What the command prints that reads the text."""
        finished = subprocess.run(
            [self.path, *arguments],
            env={**os.environ, **self.environment},
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        assert finished.returncode == 0 or not check, finished.stdout + finished.stderr
        return finished.stdout.strip()

    def does(self, *arguments: str) -> bool:
        command = [self.path, *arguments]
        return not subprocess.run(command, capture_output=True, check=False).returncode


def find_engine(folder: Path, *names: str) -> Engine:
    """The first of these that runs and has the base image; skips the test if none does.

    Where REQUIRE_ENGINE names one of them, it fails instead.
    """
    end = pytest.fail if os.environ.get("REQUIRE_ENGINE") in names else pytest.skip
    for name in names:
        path = shutil.which(name)
        if path and Engine(path).does("info"):
            break
    else:
        end(f"needs {' or '.join(names)}, and none runs here")
    # In a sandbox, a container may not set Podman's own limits, and crun may refuse the cgroups.
    limits = 'default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]'
    runtime = '[engine]\nruntime = "runc"' if shutil.which("runc") else ""
    (folder / "containers.conf").write_text(f"[containers]\n{limits}\n{runtime}\n", "utf-8")
    engine = Engine(path, {"CONTAINERS_CONF": str(folder / "containers.conf")})
    if not engine.does("image", "inspect", BASE) and not engine.does("pull", "--quiet", BASE):
        end(f"{name} has no image {BASE}, and reaches no registry: tests/python_image.sh {name}")
    return engine


@contextmanager
def image_of(project: Project, engine: Engine) -> Iterator[str]:
    """The name of a new image, made as the head of the Dockerfile says; removed in the end."""
    name = f"{project.name}-{secrets.token_hex(4)}"
    command, _ = documented(project)
    assert command == ["build", "-t", project.name, "."]
    # The host's network, since in a sandbox it alone reaches the package index.
    build = ["build", "--network", "host", "--quiet", "--tag"]
    folder = str(project.folder)
    try:
        engine(*build, f"{name}-build", "--target", "build", folder)  # has a name to remove
        engine(*build, name, folder)
        yield name
    finally:
        for image in (name, f"{name}-build"):
            engine("rmi", "--force", image, check=False)


def documented(project: Project) -> list[list[str]]:
    """What the head of the Dockerfile passes to `docker`."""
    head = project.text("Dockerfile").split("\n\n")[0]
    lines = head.replace("\\\n#", "").splitlines()
    return [shlex.split(line)[2:] for line in lines if line.startswith("#   docker ")]


def megabytes(engine: Engine, image: str) -> int:
    """The size of the files that the image has on top of its base."""
    folders = ["/venv", "/app"]
    printed = engine("run", "--rm", image, "du", "--bytes", "--summarize", *folders)
    return round(sum(int(line.split()[0]) for line in printed.splitlines()) / 1e6)


@dataclass
class Container(Service):
    """A service in a container; a champion in `root` is mounted over that in the image."""

    engine: Engine = field(kw_only=True)
    image: str = field(kw_only=True)
    run_options: list[str] = field(kw_only=True)

    @property
    def name(self) -> str:
        return f"{self.image}-run"

    @property
    def volume(self) -> str:
        return f"{self.image}-log"

    @property
    def printed(self) -> str:
        return self.engine("logs", self.name, check=False)

    def launch(self, **settings: object) -> None:
        """The first time, run a new container; later, start it again."""
        if self.engine.does("container", "inspect", self.name):
            self.engine("start", self.name)
            return
        options = ["--detach", "--name", self.name]
        if (self.root / "champion").exists():
            options += ["--volume", f"{self.root / 'champion'}:/app/champion:ro"]
        for name, value in settings.items():
            options += ["--env", f"{self.prefix}{name.upper()}={value}"]
        self.engine("run", *options, *self.run_options)

    def runs(self) -> bool:
        return self.state("Running") == "true"

    def state(self, name: str) -> str:
        return self.engine("inspect", self.name, "--format", f"{{{{.State.{name}}}}}")

    def inside(self, *command: str) -> str:
        """What a command in the container prints, whether or not it succeeds."""
        return self.engine("exec", self.name, *command, check=False)

    def kill(self) -> None:
        self.engine("kill", self.name)
        self.engine("wait", self.name)

    def terminate(self) -> int:
        self.engine("stop", self.name)
        return int(self.state("ExitCode"))

    def stop(self) -> None:
        self.engine("rm", "--force", self.name, check=False)
        self.engine("volume", "rm", "--force", self.volume, check=False)

    def send(self, path: str, body: bytes | None, **headers: str) -> tuple[int, str]:
        return super().send(path, body, **({"Authorization": f"Bearer {KEY}"} | headers))

    def logged(self) -> set[str]:
        """Every id in the database on the volume of a container that has ended."""
        folder = self.root / secrets.token_hex(4)
        self.engine("cp", f"{self.name}:/app/log", str(folder))
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            return {row[0] for row in database.execute("select id from predictions")}


@contextmanager
def container_of(project: Project, engine: Engine, image: str, folder: Path) -> Iterator[Container]:
    """A container, run as the head of the Dockerfile says; not started."""
    folder.mkdir()
    port = free_port()
    places = {
        "127.0.0.1:8000:8000": f"127.0.0.1:{port}:8000",
        f"{project.name}-log:/app/log": f"{image}-log:/app/log",
        f"{project.prefix}API_KEYS=...": f"{project.prefix}API_KEYS={KEY}",
        project.name: image,
    }
    _, (verb, *options) = documented(project)
    assert verb == "run"
    assert set(places) < set(options)
    container = Container(
        command="",
        root=folder,
        prefix=project.prefix,
        environment={},
        port=port,
        engine=engine,
        image=image,
        run_options=[places.get(option, option) for option in options],
    )
    try:
        yield container
    finally:
        with suppress(AssertionError):
            print(container.printed[-2000:])
        container.stop()


def mount_champion(container: Container, project: Project) -> None:
    """Next time, run it with a copy of the champion, which is version 99, too."""
    champion = container.root / "champion"
    shutil.copytree(project.folder / "champion", champion)
    shutil.copytree(champion / f"v{project.champion()}", champion / "v99")
    manifest = champion / "v99" / "manifest.json"
    content = json.loads(manifest.read_text("utf-8")) | {"version": 99}
    manifest.write_text(json.dumps(content), "utf-8")
    for path in (container.root, champion, *champion.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
