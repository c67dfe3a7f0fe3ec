"""Creates a project's environment with uv, runs its whole loop there, and logs everything."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from scaffold import interruption, shell, variables
from scaffold.errors import InterruptedRunError, StageFailedError
from scaffold.process import started
from scaffold.progress import STAGE, Display

LOG = Path("logs", "run.log")
ENVIRONMENT = "environment"
if sys.platform == "win32":
    PYTHON = Path(".venv", "Scripts", "python.exe")
else:
    PYTHON = Path(".venv", "bin", "python")
OFFLINE = (
    "failed to fetch",
    "failed to download",
    "dns error",
    "error sending request",
    "network was disabled",
)


def run_loop(project: Path, name: str) -> None:
    """Creates the environment and runs every stage.

    Errors include the command to resume; the project and the log are kept.
    """
    log = project / LOG
    log.parent.mkdir(exist_ok=True)
    with Display() as display:
        run = Run(project, name, log, display)
        try:
            run.make_environment()
            run.run_stages()
        except KeyboardInterrupt:
            reason = f"Interrupted. The project is kept. {run.resume()}"
            raise InterruptedRunError(reason) from None


@dataclass(frozen=True)
class Run:
    """One run of a project's loop."""

    project: Path
    name: str
    log: Path
    display: Display

    def make_environment(self) -> None:
        self.display.show(f"== {ENVIRONMENT}")
        status, errors = self.follow([self.uv(), "sync", "--python", sys.executable])
        if status:
            reason = f"Stage {ENVIRONMENT!r} failed: {uv_reason(errors)}"
            raise StageFailedError(f"{reason}. {self.resume()}")
        self.display.end_stage()

    def uv(self) -> str:
        path = find_uv()
        if path is None:
            reason = "uv is not installed. Run: pip install uv"
            raise StageFailedError(f"{reason}. {self.resume()}")
        return path

    def run_stages(self) -> None:
        python = self.project.resolve() / PYTHON
        package = self.name.replace("-", "_")
        status, errors = self.follow([str(python), "-m", package, "run"])
        if status:
            stage = f"Stage {self.display.stage!r}" if self.display.stage else "The run"
            reason = stage_reason(errors)
            raise StageFailedError(f"{stage} failed: {reason}. {self.resume(reason)}")

    def follow(self, command: list[str]) -> tuple[int, list[str]]:
        """Runs the command; returns its exit status and its last messages, the reason last.

        Everything is logged; standard output is also shown.
        """
        errors: list[str] = []
        earlier = 0  # errors before the current stage
        said = ""  # the last line of output in it
        environment = variables.passed_on(os.environ, self.name)
        with self.log.open("a", buffering=1, encoding="utf-8") as log:

            def keep(line: str) -> None:
                log.write(line)
                errors.append(line.strip())

            with started(command, self.project, environment, keep) as process:
                for line in process.stdout or ():
                    interruption.check()
                    log.write(line)
                    self.display.show(line.rstrip())
                    if line.startswith(STAGE):
                        earlier, said = len(errors), ""
                    else:
                        said = line.strip() or said
                status = process.wait()
        lines = [*errors[:earlier], said, *errors[earlier:]]
        return status, list(filter(None, lines))

    def resume(self, reason: str = "") -> str:
        """How to resume: from the failed stage, unless the reason already contains a command."""
        if self.display.stage == ENVIRONMENT:
            command = " && ".join(shell.first_run(self.project, self.name))
        else:
            stage = None if reason.endswith(f" {self.name} run") else self.display.stage
            command = shell.resumed_run(self.project, self.name, stage)
        return f"See {self.log}. Resume with: {command}"


def find_uv() -> str | None:
    """The uv installed with the tool, or else the user's."""
    import uv

    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        return shutil.which("uv")


def uv_reason(errors: list[str]) -> str:
    """Why uv failed, from the first lines of its output."""
    causes = []
    for error in errors:
        for sign in OFFLINE:
            if sign in error.lower():
                return "can't reach the package index (check the network connection)"
        if error.startswith(("error:", "\N{MULTIPLICATION SIGN}")):
            causes.append(error)
    return (causes or errors or ["uv printed no error"])[0]


def stage_reason(errors: list[str]) -> str:
    """A stage's last `error: ...`, or else the last line of its traceback or output."""
    mark = "error: "
    causes = [error.removeprefix(mark) for error in errors if error.startswith(mark)]
    return (causes or errors or ["no error message"])[-1].rstrip(".")
