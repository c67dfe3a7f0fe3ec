"""Makes the pictures of README and docs from real runs.

    pip install ".[test]" && python scripts/pictures.py FOLDER

They show a run in a terminal, a recording of it, each project's web page, and the plot of its loop.
Projects missing from FOLDER are created with `scaffold new … --run`. Needs Chromium.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, ViewportSize, sync_playwright
from recording import recording
from rich.console import Console

from scaffold.catalog import templates

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1100, "height": 900}
TERMINAL = "sentiment"  # the template whose run is shown
PORT = "8765"


def main() -> None:
    """Create all pictures."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=chromium)
        for name, template in templates().items():
            project = folder / template.card["name"]
            printed = made(name, project)
            if name == TERMINAL:
                draw_run(name, project, printed)
            with served(project) as url:
                draw_page(browser, url, PICTURES / f"{name}.png")
        browser.close()


def made(template: str, project: Path) -> str:
    """The output of `scaffold new … --run` for this project, cached next to it."""
    kept = project.with_name(f"{project.name}.txt")
    if not kept.is_file():
        command = [sys.executable, "-m", "scaffold", "new", template, project.name, "--run"]
        run = subprocess.run(  # noqa: S603
            command, cwd=project.parent, capture_output=True, encoding="utf-8", check=True
        )
        kept.write_text(run.stdout, "utf-8")
    return kept.read_text("utf-8")


def draw_run(template: str, project: Path, printed: str) -> None:
    """Draws the whole run in a terminal, its recording, and its plot."""
    command = f"scaffold new {template} {project.name} --run"
    lines = printed.replace(f"{project.parent}{os.sep}", "").splitlines()
    (PICTURES / "run.svg").write_text(terminal(command, lines), "utf-8")
    (PICTURES / "recording.svg").write_text(recording(command, lines), "utf-8")
    shutil.copyfile(project / "docs" / "loop.png", PICTURES / "loop.png")


def terminal(command: str, printed: list[str]) -> str:
    """A terminal with the command and its output as SVG, with selectable text."""
    console = Console(record=True, width=118, file=StringIO())
    console.print(f"[bold green]$[/] [bold]{command}[/]")
    for line in printed:
        style = "bold cyan" if line.startswith("== ") else ""
        console.print(line, highlight=False, markup=False, style=style)
    picture = console.export_svg(title="scaffold", unique_id="run")
    # Use the reader's fonts, so that pictures load nothing from other hosts.
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


@contextmanager
def served(project: Path) -> Iterator[str]:
    """Runs a project's service; yields its address."""
    program = project / ".venv" / "bin" / project.name
    command = [str(program), "serve", "--port", PORT]
    process = subprocess.Popen(command, cwd=project)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{PORT}"
        while process.poll() is None:
            with suppress(OSError), urlopen(f"{url}/ready", timeout=5):  # noqa: S310
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def draw_page(browser: Browser, url: str, target: Path) -> None:
    """Draws the web page with the prediction and explanation of its last example."""
    page = browser.new_page(viewport=SIZE)
    page.goto(url)
    page.locator("#examples button").last.click()
    page.get_by_role("heading", name="Explanation").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=target)
    page.close()


if __name__ == "__main__":
    main()
