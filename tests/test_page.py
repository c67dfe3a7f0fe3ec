"""The page to try of each project, in a real Chromium, on the project's own service."""

import base64
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, NARROW, PHONE, violations, visit
from checks import TEMPLATES
from playwright.sync_api import Browser, Dialog, Page, expect
from projects import Project
from services import Service, service_of

KEY = "the-key-of-this-month"
REFUSED = ("Failed to load resource",)  # Chromium says so of each answer with status 4xx or 5xx


@pytest.fixture(scope="module")
def service(
    made: Callable[[str], Project],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Service]:
    """The service of the template that the test asks for."""
    with running(made(request.param), tmp_path_factory.mktemp("page")) as started:
        yield started


@contextmanager
def running(project: Project, folder: Path, **settings: object) -> Iterator[Service]:
    with service_of(project, folder) as service:
        service.start(**settings)
        yield service


def of(*templates: str) -> pytest.MarkDecorator:
    """Run the test on the services of these templates."""
    return pytest.mark.parametrize("service", templates, indirect=True)


def last_feedback(service: Service) -> Any:
    """What was fed back to the last prediction."""
    query = "select f.target from predictions p left join feedback f on f.prediction_id = p.id"
    with closing(sqlite3.connect(service.database)) as database:
        target = database.execute(f"{query} order by number desc limit 1").fetchone()[0]
    return target and json.loads(str(target))


def answered(page: Page) -> str:
    """What a screen reader says once prediction and explanation are there."""
    expect(page.get_by_text("Explanation")).to_be_visible(timeout=20_000)
    return page.get_by_role("status").inner_text()


def ask(page: Page) -> None:
    page.get_by_role("button", name="Predict").click()


def by_keyboard(page: Page, name: str) -> None:
    """Go on with the tabulator until something of this name has the focus."""
    label = "document.activeElement.labels?.[0]?.textContent"
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(f"{label} ?? document.activeElement.textContent")
        if focused.strip().startswith(name):
            return
    raise AssertionError(f"the tabulator never comes to {name!r}")


@of(*TEMPLATES)
@pytest.mark.parametrize(
    ("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (NARROW, True)]
)
def test_everyone_can_use_it_before_and_after_an_answer(
    browser: Browser, service: Service, size: tuple[int, int], dark: bool
) -> None:
    with visit(browser, service.url, size, dark=dark) as page:
        expect(page.locator("#examples button").first).to_be_visible()
        assert violations(page) == []
        page.locator("#examples button").nth(1).click()
        assert answered(page)
        expect(page.get_by_role("status")).to_be_in_viewport()
        expect(page.locator(".truth")).to_be_visible()
        assert violations(page) == []


@of("sentiment")
def test_a_review_is_written_answered_and_contradicted_with_the_keyboard_alone(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, PHONE) as page:
        expect(page.locator("#examples button").first).to_be_visible()
        by_keyboard(page, "Text")
        page.keyboard.type("A warm, clever film; I would see it again!")
        by_keyboard(page, "Predict")
        page.keyboard.press("Enter")
        assert answered(page).lower() == "positive"
        expect(page.locator("#answer table").first).to_contain_text("positive")
        by_keyboard(page, "This is wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Thank you")).to_be_visible()

    assert last_feedback(service) == "negative"


@of("sentiment")
def test_what_is_typed_stays_text(browser: Browser, service: Service) -> None:
    hostile = 'great <img src=x onerror=alert(1)> <b onclick="alert(2)">film</b> <script>x</script>'
    with visit(browser, service.url) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator("textarea").fill(hostile)
        ask(page)
        answered(page)
        assert page.locator("main b, main script, #answer img[src=x]").count() == 0


@of("sentiment")
def test_a_double_click_asks_once_and_confirms_once(browser: Browser, service: Service) -> None:
    before = len(service.logged())
    later = "(...all) => new Promise((done) => setTimeout(done, 500)).then(() => asked(...all))"

    with visit(browser, service.url) as page:
        page.locator("textarea").fill("A dull film.")
        page.evaluate(f"asked = fetch; fetch = {later}; 0")
        page.get_by_role("button", name="Predict").dblclick()
        expect(page.get_by_role("status")).to_have_text("Predicting …")
        answered(page)
        page.get_by_role("button", name="This is right").dblclick()
        expect(page.get_by_text("Thank you")).to_be_visible()

    assert len(service.logged()) == before + 1
    assert last_feedback(service) == "negative"


@of("sentiment")
def test_a_review_that_is_refused_says_why_and_another_one_clears_that(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, expected=REFUSED) as page:
        page.locator("textarea").fill("   ")
        ask(page)
        expect(page.get_by_role("alert")).to_contain_text("text: ")
        expect(page.locator("textarea")).to_be_focused()
        assert violations(page) == []
        page.locator("textarea").fill("A dull film.")
        ask(page)
        assert answered(page).lower() == "negative"
        expect(page.get_by_role("alert")).to_have_text("")
        page.locator("textarea").press_sequentially(" No!")
        expect(page.locator("#answer")).to_have_text("")


@of("sentiment")
def test_without_a_connection_it_says_so_and_keeps_what_was_typed(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, expected=REFUSED) as page:
        page.locator("textarea").fill("A dull film.")
        page.context.set_offline(True)
        ask(page)
        expect(page.get_by_role("alert")).to_contain_text("is unreachable")
        page.context.set_offline(False)
        ask(page)
        assert answered(page).lower() == "negative"


@of("price-prediction")
def test_a_house_is_filled_in_priced_and_its_true_price_sent(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, PHONE, expected=REFUSED) as page:
        page.get_by_label("Bedrooms").fill("4")
        page.get_by_label("Living area above ground").fill("5000")
        ask(page)
        expect(page.get_by_role("alert")).to_contain_text("sqft_above: ")
        expect(page.get_by_label("Living area above ground")).to_be_focused()
        page.get_by_label("Living area above ground").fill("1270")
        page.get_by_label("Waterfront").check()
        ask(page)
        assert re.fullmatch(r"\$[\d,]+", answered(page))
        expect(page.get_by_text(re.compile(r"90% interval: \$[\d,]+ to \$[\d,]+"))).to_be_visible()
        page.get_by_label("Actual price").fill("12")
        page.get_by_role("button", name="This is wrong").click()
        expect(page.get_by_role("alert")).to_contain_text("10000")
        page.get_by_label("Actual price").fill("1250000")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Thank you")).to_be_visible()

    assert last_feedback(service) == 1_250_000


@of("image-classification")
def test_a_picture_is_chosen_and_what_moved_the_answer_is_drawn_over_it(
    browser: Browser, service: Service
) -> None:
    example = json.loads(service.get("/examples")[1])[0]
    file = {
        "name": "cell.jpg",
        "mimeType": "image/jpeg",
        "buffer": base64.b64decode(example["request"]["image"]),
    }
    with visit(browser, service.url, PHONE, expected=REFUSED) as page:
        expect(page.locator("#examples button").first).to_be_visible()
        page.locator("input[type=file]").set_input_files(
            {"name": "cell.png", "mimeType": "image/png", "buffer": b"no picture"}
        )
        ask(page)
        expect(page.get_by_role("alert")).to_contain_text("intact PNG, JPEG")
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
        ask(page)
        label = answered(page).lower()
        assert page.locator("figure span").count() > 3
        page.get_by_role("button", name="This is right").click()
        expect(page.get_by_text("Thank you")).to_be_visible()

    assert last_feedback(service) == label


def test_a_key_is_asked_for_and_kept_in_this_tab_alone(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    typed = iter(["another-key", f"{KEY} "])
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept(next(typed))

    with (
        running(made("sentiment"), tmp_path, api_keys=KEY) as service,
        browser.new_context() as context,
    ):
        page = context.new_page()
        page.on("dialog", answer)
        page.goto(service.url)
        page.locator("#examples button").first.click()
        answered(page)
        kept = page.evaluate("[localStorage.length, document.cookie, location.href]")
        page.reload()
        expect(page.locator("#examples button").first).to_be_visible()

        assert kept == [0, "", f"{service.url}/"]
        assert len(asked) == 2
        assert len(service.logged()) == 1


def test_before_anything_serves_it_says_what_to_run(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    with service_of(made("sentiment"), tmp_path) as service:
        (service.root / "champion" / "current.json").unlink()
        service.launch()
        while service.get("/health")[0] != 200:
            assert service.runs()
        with visit(browser, service.url, expected=REFUSED) as page:
            expect(page.get_by_role("alert")).to_contain_text("Run: my-reviews promote")
            assert violations(page) == []


def test_behind_a_prefix_the_page_and_the_documentation_find_the_service(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    """A reverse proxy often serves it below a path of its own."""
    with running(made("sentiment"), tmp_path) as service, browser.new_context() as context:
        page = context.new_page()

        def pass_on(route: Any) -> None:
            url = route.request.url.replace("/some/prefix", "", 1)
            route.fulfill(response=route.fetch(url=url))

        page.route("**/some/prefix/**", pass_on)
        page.goto(f"{service.url}/some/prefix/")
        page.locator("#examples button").first.click()

        assert answered(page)
        page.goto(f"{service.url}/some/prefix/docs")
        expect(page.get_by_text("/predict/batch").first).to_be_visible()
