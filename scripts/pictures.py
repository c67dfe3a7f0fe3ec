"""Makes the pictures of README and docs: the terminal while a project runs, and each project's page, as they are.

    pip install ".[test]" && python scripts/pictures.py FOLDER

A project that FOLDER lacks is made there with `scaffold new … --run`. Needs Chromium.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from scaffold.catalog import templates

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1100, "height": 900}


def main() -> None:
    """Make every picture anew."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium")
        for name, template in templates().items():
            project = folder / template.card["name"]
            printed = made(name, project)
            if name == "sentiment":
                command = f"scaffold new {name} {project.name} --run"
                lines = printed.replace(f"{folder}{os.sep}", "").splitlines()
                (PICTURES / "run.svg").write_text(terminal(command, lines), "utf-8")
                told = [
                    "⋮",
                    *stage(lines, "monitor-drift"),
                    "⋮",
                    *stage(lines, "retrain"),
                    "⋮",
                    *stage(lines, "summary"),
                ]
                (PICTURES / "summary.svg").write_text(terminal(command, told), "utf-8")
            with served(project) as url:
                page_to_try(browser, url, PICTURES / f"{name}.png")
        monitoring(browser, folder / "my-reviews", PICTURES / "monitoring.png")
        browser.close()


def made(template: str, project: Path) -> str:
    """What `scaffold new … --run` printed for this project; kept beside it, since it is made once."""
    kept = project.with_name(f"{project.name}.txt")
    if not kept.is_file():
        command = [sys.executable, "-m", "scaffold", "new", template, project.name, "--run"]
        run = subprocess.run(command, cwd=project.parent, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
        kept.write_text(run.stdout, "utf-8")
    return kept.read_text("utf-8")


def stage(lines: list[str], name: str) -> list[str]:
    """What one stage printed, from its heading to the next one."""
    start = next(number for number, line in enumerate(lines) if line.startswith(f"== {name}"))
    end = next((n for n, line in enumerate(lines[start + 1 :], start + 1) if line[:1] != " "), len(lines))
    return lines[start:end]


def terminal(command: str, printed: list[str]) -> str:
    """A terminal with the command and what it printed, as SVG; the text stays text."""
    console = Console(record=True, width=118, file=StringIO())
    console.print(f"[bold green]$[/] [bold]{command}[/]")
    for line in printed:
        console.print(line, highlight=False, markup=False, style="bold cyan" if line.startswith("== ") else "")
    picture = console.export_svg(title="scaffold", unique_id="run")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)  # asks no other host


@contextmanager
def served(project: Path) -> Iterator[str]:
    """The address of a project's service."""
    port = "8765"
    command = [project / ".venv" / "bin" / project.name, "serve", "--port", port, "--quiet"]
    process = subprocess.Popen(command, cwd=project, env=os.environ)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        while process.poll() is None:
            with suppress(OSError), urlopen(f"{url}/ready", timeout=5):  # noqa: S310
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def page_to_try(browser: Browser, url: str, target: Path) -> None:
    """The page with the answer to its last example."""
    page = browser.new_page(viewport=SIZE)
    page.goto(url)
    page.locator(".examples button").last.click()
    page.locator(".explanation :not(:empty)").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target)
    page.close()


def monitoring(browser: Browser, project: Path, target: Path) -> None:
    """The page with every decision of monitoring."""
    page = browser.new_page(viewport=SIZE)
    page.goto((project / "reports" / "index.html").as_uri())
    page.screenshot(path=target)
    page.close()


if __name__ == "__main__":
    main()
