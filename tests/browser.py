"""A real Chromium: visits to pages on a phone or a desktop, which must end without a complaint."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from servers import missing

DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (360, 640)  # pixels


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; skips the test where none is installed."""
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

    When the block ends, nothing may have been complained of: no error or warning in the console but
    those that hold one of `expected`, no exception, no request to another host, nothing wider than
    the window.
    """
    complaints: list[str] = []
    scheme = "dark" if dark else "light"
    window = {"width": size[0], "height": size[1]}

    def watch_console(message: ConsoleMessage) -> None:
        known = any(text in message.text for text in expected)
        if message.type in ("error", "warning") and not known:
            complaints.append(message.text)

    def watch_requests(request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc != urlsplit(url).netloc and address.scheme not in ("data", "blob"):
            complaints.append(f"asked {request.url}")

    with browser.new_context(viewport=window, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", watch_console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", watch_requests)
        page.goto(url)
        yield page
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "too wide"
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What is wrong for those who use a screen reader or a keyboard, or see little (axe-core)."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    rules = page.evaluate("async () => (await axe.run()).violations")
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in rules]
