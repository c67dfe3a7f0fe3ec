"""Shows the progress of a run: with a live line on a terminal, else as plain lines."""

import time
from contextlib import suppress
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

STAGE = "== "


class Display:
    """Prints the lines of a run as they come; a line that starts with `== ` opens a stage."""

    def __init__(self) -> None:
        self.stage: str | None = None
        self.started = time.monotonic()
        console = Console()
        self.live = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self.live.start()
        self.total = self.live.add_task("total")
        return self

    def __exit__(self, *error: object) -> None:
        self.live.stop()

    def show(self, line: str) -> None:
        """Prints one line of the run."""
        if line.startswith(STAGE):
            self.end_stage()
            self.begin_stage(line)
        self.write(line)

    def write(self, line: str) -> None:
        """Prints the line; if that can't be, the run goes on, and its log has the line."""
        with suppress(OSError, SystemExit):  # Rich exits when the reader of a pipe has gone
            self.live.console.out(line, highlight=False)

    def begin_stage(self, heading: str) -> None:
        words = heading.removeprefix(STAGE).split()
        self.stage = words[0] if words and words[0] != "summary" else None
        self.started = time.monotonic()
        self.task = self.live.add_task(heading.removeprefix(STAGE))

    def end_stage(self) -> None:
        """Prints how long the current stage took, if there is one."""
        if self.stage:
            seconds = time.monotonic() - self.started
            self.write(f"   done in {seconds:.1f} s")
            self.live.remove_task(self.task)
        self.stage = None
