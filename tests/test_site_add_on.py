"""The add-on `site`: the built pages in a real browser, below a path as on GitHub Pages."""

import json
import sys
import urllib.request
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

import pytest
from browser import DESKTOP, PHONE, violations, visit
from conftest import Installed, run_uv
from playwright.sync_api import Browser, Page, expect
from projects import Project, copied
from servers import answers, free_port, running, wait_for
from services import Service, service_of

slow = pytest.mark.slow
TEMPLATES = [
    "sentiment",
    pytest.param("price-prediction", marks=slow),
    pytest.param("image-classification", marks=slow),
]


@dataclass(frozen=True)
class Site:
    """A project with the add-on, and the address of its website."""

    project: Project
    url: str


@pytest.fixture(scope="module", params=TEMPLATES)
def site(
    made: Callable[[str], Project],
    installed: Installed,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Site]:
    """The website of a finished project, below the name of its repository."""
    original = made(request.param)
    folder = tmp_path_factory.mktemp("site") / original.name
    project = copied(original, folder, leave=[".venv"])
    (folder / ".venv").unlink()
    finished = installed.run("add", "site", cwd=folder)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    run_uv("sync", "--quiet", "--all-extras", "--project", str(folder))
    for command in (["python", "-m", f"{project.package}.site"], ["zensical", "build", "--strict"]):
        finished = project.call(*command)
        assert finished.returncode == 0, finished.stdout + finished.stderr
    root = tmp_path_factory.mktemp("root")
    (folder / "build" / "site").rename(root / project.name)
    port = free_port()
    url = f"http://127.0.0.1:{port}/{project.name}/"
    options = ["--bind", "127.0.0.1", "--directory", str(root)]
    with running([sys.executable, "-m", "http.server", str(port), *options], root) as server:
        wait_for(server, root, lambda: answers(url))
        yield Site(project, url)


@pytest.fixture(scope="module")
def service(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of the same champion."""
    with service_of(site.project, tmp_path_factory.mktemp("service")) as service:
        service.start()
        yield service


def explained(page: Page) -> str:
    """The answer, once the page has explained it."""
    expect(page.get_by_text("Explanation")).to_be_visible()
    return page.locator("#status").inner_text()


def test_no_page_has_a_broken_link_a_foreign_request_or_a_barrier(
    browser: Browser, site: Site
) -> None:
    waiting, seen = [site.url], {site.url}
    pages = 0
    while waiting:
        url = waiting.pop()
        with urllib.request.urlopen(url) as response:  # noqa: S310  (raises for 404)
            is_page = response.headers.get_content_type() == "text/html"
        if not is_page:
            continue
        pages += 1
        with visit(browser, url, PHONE):
            pass  # wide tables scroll, the page does not
        with visit(browser, url, DESKTOP) as page:
            assert violations(page) == [], url
            links = page.eval_on_selector_all("a[href]", "all => all.map((link) => link.href)")
        for link in {urldefrag(link).url for link in links} - seen:
            seen.add(link)
            if link.startswith(site.url):
                waiting.append(link)

    assert pages >= len(["project", "try", "results", "model card", "decisions"])


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, True)])
def test_everyone_can_use_an_example(
    browser: Browser, site: Site, size: tuple[int, int], dark: bool
) -> None:
    with visit(browser, f"{site.url}try/", size, dark=dark) as page:
        page.locator("#examples button").first.click()

        assert explained(page)
        expect(page.locator(".truth")).to_be_visible()
        assert page.get_by_role("button", name="This is right").count() == 0
        assert violations(page) == []


def test_the_browser_answers_each_example_as_the_service_does(
    browser: Browser, site: Site, service: Service
) -> None:
    examples = json.loads(service.get("/examples")[1])
    with visit(browser, f"{site.url}try/") as page:
        for number, example in enumerate(examples):
            page.locator("#examples button").nth(number).click()
            shown = explained(page)

            answer, explanation = asked(service, example["request"])
            assert shown.lower() == wording(answer)
            expect(page.get_by_text(explanation["unit"])).to_be_visible()
            strongest = page.locator("#answer table").last.get_by_role("rowheader").first
            assert strongest.inner_text() == explanation["parts"][0]["name"]
            if "probabilities" in answer:
                share = f"{100 * max(answer['probabilities'].values()):.1f}%"
                expect(page.locator("#answer tr").first).to_contain_text(share)


def asked(service: Service, record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the service answers, and its explanation."""
    replies = []
    for path in ("/predict", "/explain"):
        if "image" in record:
            status, text = service.upload(path, b64decode(record["image"]))
        else:
            status, text = service.post(path, record)
        assert status == 200, text
        replies.append(json.loads(text))
    return replies[0], replies[1]


def wording(answer: dict[str, Any]) -> str:
    """How the page words an answer, in lower case."""
    return str(answer["label"]) if "label" in answer else f"${answer['price']:,.0f}"


def test_what_is_typed_is_answered_with_the_keyboard_and_stays_text(
    browser: Browser, site: Site, service: Service
) -> None:
    if site.project.template != "sentiment":
        pytest.skip("it is about texts")
    hostile = "great <img src=x onerror=alert(1)> <b>film</b> <script>x</script>"
    with visit(browser, f"{site.url}try/") as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.get_by_label("Text").fill(hostile)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        answer, _ = asked(service, {"text": hostile})
        assert explained(page).lower() == wording(answer)
        assert page.locator("#try b, #try script, #answer img").count() == 0
        page.get_by_label("Text").fill("   ")
        page.get_by_role("button", name="Predict").click()
        expect(page.get_by_role("alert")).to_have_text("The text is empty.")
