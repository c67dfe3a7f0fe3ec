"""A real Chromium: visits to pages on a phone or a desktop, light or dark, that must end without a complaint."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from servers import missing

DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (320, 568)  # pixels


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; skips the test where none is installed. While it runs, `asyncio.run` can't be used."""
    program = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not program:
        missing("Chromium", "chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser,
    url: str,
    size: tuple[int, int] = DESKTOP,
    *,
    dark: bool = False,
    expected: tuple[str, ...] = (),
) -> Iterator[Page]:
    """The page at an address, as a new visitor sees it.

    When the block ends, nothing may have been complained of: no error or warning in the console but those that
    hold one of `expected`, no exception, no request to another host, nothing wider than the window.
    """
    complaints: list[str] = []
    width, height = size
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    ) as context:
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda sent: None if _near(sent.url, url) else complaints.append(f"asked {sent.url}"),
        )
        page.goto(url)
        yield page
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (
            "it has to be scrolled sideways"
        )
    assert [one for one in complaints if not any(text in one for text in expected)] == []


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong for people who use a screen reader, a keyboard, or see little: rule and places."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def _near(asked: str, url: str) -> bool:
    return urlsplit(asked).netloc == urlsplit(url).netloc or urlsplit(asked).scheme in (
        "data",
        "blob",
    )
