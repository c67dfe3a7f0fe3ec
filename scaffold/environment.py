"""Makes a project's environment with uv and runs its whole loop there, with a log of everything."""

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
    """Makes the environment and runs every stage.

    An error says how to resume, and leaves project and log in place.
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
        """Exit status of the command and, with the reason last, what it said.

        All of it is logged, and its output is shown.
        """
        errors: list[str] = []
        earlier = 0  # errors before the present stage
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
        """How to go on: from the stage that failed, unless the reason says: from the start."""
        if self.display.stage == ENVIRONMENT:
            command = " && ".join(shell.first_run(self.project, self.name))
        else:
            stage = None if reason.endswith(f" {self.name} run") else self.display.stage
            command = shell.resumed_run(self.project, self.name, stage)
        return f"See {self.log}. Resume with: {command}"


def find_uv() -> str | None:
    """The uv that was installed with the tool, or else the user's."""
    import uv

    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        return shutil.which("uv")


def uv_reason(errors: list[str]) -> str:
    """Why uv failed, as far as its first lines tell."""
    causes = []
    for error in errors:
        for sign in OFFLINE:
            if sign in error.lower():
                return "the package index can't be reached (is there a network?)"
        if error.startswith(("error:", "\N{MULTIPLICATION SIGN}")):
            causes.append(error)
    return (causes or errors or ["uv gave no reason"])[0]


def stage_reason(errors: list[str]) -> str:
    """What a stage said last: its `error: ...`, or else the last line of traceback or output."""
    mark = "error: "
    causes = [error.removeprefix(mark) for error in errors if error.startswith(mark)]
    return (causes or errors or ["it gave no reason"])[-1].rstrip(".")
