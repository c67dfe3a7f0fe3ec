"""Makes a project's environment with uv and runs its whole loop there, with a log of everything."""

import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

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
        self.display.show(f"== {ENVIRONMENT}")
        status, errors = self.follow([self.uv(), "sync", "--compile-bytecode", "--python", sys.executable])
        if status:
            raise StageFailedError(f"Stage {ENVIRONMENT!r} failed: {uv_reason(errors)}. {self.resume()}")
        self.display.end_stage()

    def uv(self) -> str:
        """The uv that was installed with the tool, or else the user's."""
        import uv

        try:
            return uv.find_uv_bin()
        except FileNotFoundError:
            if path := shutil.which("uv"):
                return path
            raise StageFailedError(f"uv is missing. Install it with: pip install uv. {self.resume()}") from None

    def run_stages(self) -> None:
        python = self.project.resolve() / PYTHON
        status, errors = self.follow([str(python), "-m", self.name.replace("-", "_"), "run"])
        if status:
            stage = f"Stage {self.display.stage!r}" if self.display.stage else "The run"
            raise StageFailedError(f"{stage} failed: {stage_reason(errors)}. {self.resume()}")

    def follow(self, command: list[str]) -> tuple[int, list[str]]:
        """Exit status and last errors of the command; all it prints is logged, and its standard output shown."""
        errors: deque[str] = deque(maxlen=100)
        with self.log.open("a", buffering=1, encoding="utf-8") as log:

            def keep(line: str) -> None:
                log.write(line)
                errors.append(line.strip())

            with started(command, self.project, keep) as process:
                for line in process.stdout or ():
                    log.write(line)
                    self.display.show(line.rstrip())
                status = process.wait()
        return status, [error for error in errors if error]

    def resume(self) -> str:
        if self.display.stage == ENVIRONMENT:
            command = " && ".join(shell.first_run(self.project, self.name))
        else:
            command = shell.resumed_run(self.project, self.name, self.display.stage)
        return f"See {self.log}. Resume with: {command}"


def uv_reason(errors: list[str]) -> str:
    """Why uv failed, as far as its first lines tell."""
    if any(sign in error.lower() for error in errors for sign in OFFLINE):
        return "the package index can't be reached; is there a network?"
    causes = [error for error in errors if error.startswith(("error:", "\N{MULTIPLICATION SIGN}"))]
    return (causes or errors or ["uv gave no reason"])[0]


def stage_reason(errors: list[str]) -> str:
    """What a stage said last: its `error: ...`, or else its last line, such as a traceback's."""
    causes = [error.removeprefix("error: ") for error in errors if error.startswith("error: ")]
    return (causes or errors or ["it gave no reason"])[-1].rstrip(".")


@contextmanager
def started(command: list[str], folder: Path, keep: Callable[[str], None]) -> Iterator[subprocess.Popen[str]]:
    """The running command, which ends with the block; `keep` gets the lines of its standard error."""
    environment = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env=environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        creationflags=NEW_GROUP,
        process_group=None if NEW_GROUP else 0,
    ) as process:
        listener = Thread(target=lambda: deque(map(keep, process.stderr or ()), maxlen=0), daemon=True)
        listener.start()
        try:
            yield process
        except BaseException:
            stop(process)
            raise
        finally:
            listener.join(PATIENCE)


def stop(process: subprocess.Popen[str]) -> None:
    """Ends the process and all that it started: asks first, then insists."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
    else:
        # The process itself may have gone after the first signal; what it started gets the others too.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with suppress(subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(process.pid, number)
                process.wait(PATIENCE)
