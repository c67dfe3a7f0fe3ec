"""Makes a project's environment with uv and runs its whole loop there, with a log of everything."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scaffold import shell
from scaffold.errors import InterruptedRunError, StageFailedError
from scaffold.progress import Display

LOG = Path("logs", "run.log")
ENVIRONMENT = "environment"
PATIENCE = 10  # seconds that a process has to end when it is asked to

if sys.platform == "win32":
    PYTHON = Path(".venv", "Scripts", "python.exe")
    NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    PYTHON = Path(".venv", "bin", "python")
    NEW_GROUP = 0

# These would send uv or Python to the environment of another project.
ELSEWHERE = {
    *("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "UV_FROZEN", "UV_LOCKED", "UV_NO_DEV", "UV_NO_SYNC", "UV_PROJECT"),
    *("UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY"),
}
OFFLINE = ("failed to fetch", "failed to download", "dns error", "error sending request", "network was disabled")


def run_loop(project: Path, name: str) -> None:
    """Makes the environment and runs every stage; an error says how to resume, and leaves project and log in place."""
    log = project / LOG
    log.parent.mkdir(exist_ok=True)
    with Display() as display:
        run = Run(project, name, log, display)
        try:
            run.make_environment()
            run.run_stages()
        except KeyboardInterrupt:
            raise InterruptedRunError(f"Interrupted. The project is kept. {run.resume()}") from None


@dataclass(frozen=True)
class Run:
    """One run of a project's loop."""

    project: Path
    name: str
    log: Path
    display: Display

    def make_environment(self) -> None:
        import uv

        self.display.show(f"== {ENVIRONMENT}")
        if self.follow([uv.find_uv_bin(), "sync", "--compile-bytecode", "--python", sys.executable]):
            raise StageFailedError(f"Stage '{ENVIRONMENT}' failed: {self.uv_error()}. {self.resume()}")
        self.display.end_stage()

    def run_stages(self) -> None:
        python = self.project.resolve() / PYTHON
        if self.follow([str(python), "-u", "-m", self.name.replace("-", "_"), "run"]):
            stage = f"Stage {self.display.stage!r}" if self.display.stage else "The run"
            raise StageFailedError(f"{stage} failed: {self.stage_error()}. {self.resume()}")

    def follow(self, command: list[str]) -> int:
        """The command's exit status; its output is logged, and what it prints for people is shown as it comes."""
        with self.log.open("ab", buffering=0) as log, started(command, self.project, log) as process:
            for line in process.stdout or ():
                log.write(line)
                self.display.show(line.decode("utf-8", "replace").rstrip())
            return process.wait()

    def resume(self) -> str:
        if self.display.stage == ENVIRONMENT:
            command = " && ".join(shell.first_run(self.project, self.name))
        else:
            command = shell.later_run(self.project, self.name, self.display.stage)
        return f"See {self.log}. Resume with: {command}"

    def uv_error(self) -> str:
        text = self.log.read_text("utf-8", "replace")
        if any(sign in text.lower() for sign in OFFLINE):
            return "the package index can't be reached; is there a network?"
        first = re.search(r"^(?:error:| *\N{MULTIPLICATION SIGN}) *(.+)", text, re.MULTILINE)
        return first[1] if first else "uv gave no reason"

    def stage_error(self) -> str:
        """What the stage said last: its `error: …`, or else its last line, as a traceback's."""
        lines = self.log.read_text("utf-8", "replace").split("\n")
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        return (errors or [line.strip() for line in lines if line.strip()] or ["it gave no reason"])[-1].rstrip(".")


@contextmanager
def started(command: list[str], folder: Path, log: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """The running command, in a process group of its own that ends with the block; standard error goes to the log."""
    environment = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env=environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        creationflags=NEW_GROUP,
        process_group=None if NEW_GROUP else 0,
    )
    with process:
        try:
            yield process
        except BaseException:
            stop(process)
            raise


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all that it started: asks first, then insists."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
    else:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with suppress(subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(process.pid, number)
                process.wait(PATIENCE)
