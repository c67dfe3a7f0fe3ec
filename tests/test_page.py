"""The page to try of each project, in a real Chromium, on the project's own service."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, NARROW, PHONE, violations, visit
from playwright.sync_api import Browser, Page, expect
from projects import Project, served

TEMPLATES = ("sentiment", "price-prediction", "image-classification")
KEY = "the key of this month"
REFUSED = ("Failed to load resource",)  # Chromium says so of every answer with status 4xx or 5xx


@dataclass(frozen=True)
class Service:
    """A project's service, with a log of its own."""

    url: str
    log: Path

    def logged(self) -> list[tuple[str, Any]]:
        """Id and feedback of every prediction, oldest first."""
        query = (
            "select p.id, f.target from predictions p left join feedback f on f.prediction_id = p.id order by number"
        )
        with sqlite3.connect(self.log) as database:
            return [(name, given and json.loads(str(given))) for name, given in database.execute(query)]


@contextmanager
def serving(project: Project, folder: Path, **environment: str) -> Iterator[Service]:
    log = folder / "log.db"
    settings = {"DATABASE_URL": f"sqlite:///{log}", **environment}
    with served([project.command(project.name), "serve"], project.folder, project.environment | settings) as url:
        yield Service(url, log)


@pytest.fixture(scope="module")
def service(
    made: Callable[[str], Project], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Service]:
    """The service of the template that the test asks for."""
    with serving(made(request.param), tmp_path_factory.mktemp("log")) as started:
        yield started


def of(*templates: str) -> pytest.MarkDecorator:
    """Run the test on the services of these templates."""
    return pytest.mark.parametrize("service", templates, indirect=True)


def answered(page: Page) -> str:
    """What a screen reader is told when the answer is there; what drove it is there, too."""
    expect(page.locator(".explanation").locator("table, canvas").first).to_be_visible(timeout=20_000)
    return page.locator("#try .status").inner_text()


def by_keyboard(page: Page, name: str) -> None:
    """Go on with the tabulator until something of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent")
        if focused.startswith(name):
            return
    raise AssertionError(f"the tabulator never comes to {name!r}")


@of(*TEMPLATES)
@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (NARROW, True)])
def test_everyone_can_use_it_before_and_after_an_answer(
    browser: Browser, service: Service, size: tuple[int, int], dark: bool
) -> None:
    with visit(browser, service.url, size, dark=dark) as page:
        expect(page.locator(".examples button")).to_have_count(6)
        assert violations(page) == []
        page.locator(".examples button").nth(3).click()
        assert answered(page).startswith("Answer: ")
        expect(page.get_by_text("Model version 2")).to_be_in_viewport()
        for more in page.locator("summary").all():
            more.click()
        assert violations(page) == []


@of("sentiment")
def test_a_review_is_written_judged_and_contradicted_with_the_keyboard_alone(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, PHONE) as page:
        expect(page.locator(".examples button")).to_have_count(6)
        by_keyboard(page, "A film review")
        page.keyboard.type("A warm, clever film; I would see it again!")
        by_keyboard(page, "Is it positive?")
        page.keyboard.press("Enter")
        assert answered(page).startswith("Answer: positive, with a probability of ")
        expect(page.locator("table").first).to_contain_text("again !")
        expect(page.locator("caption").first).to_contain_text(re.compile(r"which are .\d\.\d\d before any word"))
        by_keyboard(page, "This is wrong: it is negative")
        page.keyboard.press("Enter")
        expect(page.locator(".sent")).to_be_focused()
        expect(page.locator(".sent")).to_have_text("Sent: the truth is negative. Thank you.")

    assert service.logged()[-1][1] == "negative"


@of("sentiment")
def test_what_is_typed_stays_text(browser: Browser, service: Service) -> None:
    with visit(browser, service.url, expected=("This document requires 'TrustedHTML'",)) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator("textarea").fill('great <img src=x onerror=alert(1)> <b onclick="alert(2)">film</b> <script>')
        page.get_by_role("button", name="Is it positive?").click()
        answered(page)
        assert page.locator("#try img, #try b, #try script").count() == 0
        assert page.evaluate("try { document.body.innerHTML = 'x' } catch (error) { error.name }") == "TypeError"


@of("sentiment")
def test_a_double_click_asks_once_and_what_takes_long_is_said(browser: Browser, service: Service) -> None:
    before = len(service.logged())
    later = "(...all) => new Promise((done) => setTimeout(done, 700)).then(() => asked(...all))"
    watched = "said = []; new MutationObserver(() => said.push(document.querySelector('.status').textContent))"

    with visit(browser, service.url) as page:
        page.locator("textarea").fill("A dull film.")
        page.evaluate(f"asked = fetch; fetch = {later}; 0")
        page.evaluate(f"{watched}.observe(document.querySelector('.status'), {{childList: true}})")
        page.get_by_role("button", name="Is it positive?").dblclick()
        answered(page)
        page.get_by_role("button", name="This is right").dblclick()
        expect(page.locator(".sent")).to_be_visible()
        assert page.evaluate("said").count("Asking the model …") == 1

    assert len(service.logged()) == before + 1
    assert service.logged()[-1][1] == "negative"


@of("sentiment")
def test_a_review_of_blanks_is_refused_beside_its_field_and_none_at_all_before_it_is_sent(
    browser: Browser, service: Service
) -> None:
    with visit(browser, service.url, expected=REFUSED) as page:
        field, error = page.locator("textarea"), page.locator("#error-text")
        page.get_by_role("button", name="Is it positive?").click()
        expect(error).to_have_text("Please fill out this field.")
        field.fill("A dull film.")
        page.get_by_role("button", name="Is it positive?").click()
        answered(page)
        field.fill("   ")
        page.get_by_role("button", name="Is it positive?").click()
        expect(error).to_have_text("Text should hold more than white space")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(".answer")).to_have_text(re.compile("The answer will stand here"))
        assert violations(page) == []


@of("sentiment")
def test_without_a_connection_it_says_so_and_keeps_what_was_typed(browser: Browser, service: Service) -> None:
    with visit(browser, service.url, expected=REFUSED) as page:
        page.locator("textarea").fill("A dull film.")
        page.context.set_offline(True)
        page.get_by_role("button", name="Is it positive?").click()
        expect(page.get_by_role("alert").last).to_contain_text("can't be reached")
        page.context.set_offline(False)
        page.get_by_role("button", name="Is it positive?").click()
        assert "negative" in answered(page)


@of("price-prediction")
def test_a_house_is_filled_in_priced_and_its_true_price_sent(browser: Browser, service: Service) -> None:
    with visit(browser, service.url, PHONE, expected=REFUSED) as page:
        page.get_by_label("Number of bedrooms").fill("4")
        page.get_by_label("Of it in the basement").fill("900")
        page.get_by_role("button", name="What will it sell for?").click()
        words = "Input should be “Living area in square feet” less “Of it above ground”"
        expect(page.locator("#error-sqft_basement")).to_have_text(words)
        expect(page.get_by_label("Of it in the basement")).to_be_focused()
        page.get_by_label("Of it in the basement").fill("800")
        page.get_by_label("Whether it stands at the water").check()
        page.get_by_role("button", name="What will it sell for?").click()
        assert answered(page).startswith("Answer: $")
        page.get_by_text("This is wrong").click()
        page.get_by_label("Price that was really paid").fill("12")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".feedback [role=alert]")).to_contain_text("10000")
        page.get_by_label("Price that was really paid").fill("1250000")
        page.keyboard.press("Enter")
        expect(page.locator(".sent")).to_have_text("Sent: the truth is $1,250,000. Thank you.")

    assert service.logged()[-1][1] == 1_250_000


DROP = """([kind, bytes]) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(bytes)], "cell", { type: "image/png" }));
  const event = kind === "drop" ? new DragEvent(kind, { dataTransfer: given, bubbles: true })
                                : new ClipboardEvent(kind, { clipboardData: given, bubbles: true });
  document.body.dispatchEvent(event);
}"""


@of("image-classification")
@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_a_picture_is_chosen_dropped_or_pasted_and_what_drove_the_answer_is_drawn_over_it(
    browser: Browser, service: Service, made: Callable[[str], Project], way: str
) -> None:
    cells = made("image-classification").folder.glob(".venv/lib/*/site-packages/elpv_dataset/data/images/cell0001.png")
    cell = next(cells)
    with visit(browser, service.url, PHONE) as page:
        expect(page.locator(".examples button")).to_have_count(6)
        if way == "choose":
            page.get_by_label("A picture of a solar cell").set_input_files(cell)
        else:
            page.evaluate(DROP, [way, list(cell.read_bytes())])
        expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
        page.get_by_role("button", name="Is it defective?").click()
        assert "with a probability of" in answered(page)
        assert "Most" in str(page.get_by_role("img", name="The cell with").get_attribute("aria-label"))
        page.get_by_role("button", name="This is wrong").click()
        expect(page.locator(".sent")).to_contain_text("Sent: the truth is ")

    assert service.logged()[-1][1] in ("sound", "defective")


@of("image-classification")
def test_what_is_no_picture_is_refused_beside_its_field(browser: Browser, service: Service, tmp_path: Path) -> None:
    (tmp_path / "cell.png").write_text("no picture", "utf-8")
    with visit(browser, service.url, expected=REFUSED) as page:
        page.get_by_label("A picture of a solar cell").set_input_files(tmp_path / "cell.png")
        page.get_by_role("button", name="Is it defective?").click()
        expect(page.locator("#error-file")).to_have_text("Picture should be a whole PNG or JPEG file")


def test_a_key_is_asked_for_and_kept_in_this_tab_alone(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    with (
        serving(made("sentiment"), tmp_path, API_KEYS=KEY) as service,
        visit(browser, service.url, NARROW, expected=REFUSED) as page,
    ):
        for key in ("another one", KEY):
            expect(page.get_by_label("Key")).to_be_focused()
            assert violations(page) == []
            page.keyboard.type(key)
            page.keyboard.press("Enter")
            if key != KEY:
                expect(page.get_by_role("alert")).to_have_text("This key is not valid.")
        page.locator(".examples button").first.click()
        answered(page)
        assert page.evaluate("[localStorage.length, document.cookie, location.href]") == [0, "", f"{service.url}/"]
        page.reload()
        expect(page.locator(".examples button")).to_have_count(6)
        assert page.evaluate("sessionStorage.length") == 1

    assert len(service.logged()) == 1


def test_without_a_key_nothing_is_asked_that_would_be_refused(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    with serving(made("sentiment"), tmp_path, API_KEYS=KEY) as service, visit(browser, service.url) as page:
        expect(page.get_by_label("Key")).to_be_focused()
        page.wait_for_load_state("networkidle")
        page.keyboard.type(KEY)
        page.keyboard.press("Enter")
        expect(page.locator(".examples button")).to_have_count(6)
        expect(page.locator("#key")).to_be_hidden()


def test_where_a_challenger_answered_the_page_says_whose_explanation_it_shows(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    folder = shutil.copytree(made("sentiment").folder / "champion", tmp_path / "champion")  # version 2 is champion
    (folder / "challenger.json").write_text('{"version": 1}', "utf-8")
    said = {}

    with (
        serving(made("sentiment"), tmp_path, CHAMPION_DIR=str(folder), SPLIT="50") as service,
        visit(browser, service.url) as page,
    ):
        for hours in range(2, 12):
            page.locator("textarea").fill(f"A dull film of {hours} hours.")
            with page.expect_response("**/explain"):
                page.get_by_role("button", name="Is it positive?").click()
            answered(page)
            version = page.locator(".answer > .hint").inner_text().split()[2]
            said[version] = page.locator(".explanation .notice").all_inner_texts()
            assert violations(page) == []

    assert said == {"2": [], "1": ["Version 1 answered. Explained is what the champion, version 2, makes of it."]}


def test_too_much_is_refused_in_words(browser: Browser, made: Callable[[str], Project], tmp_path: Path) -> None:
    with (
        serving(made("sentiment"), tmp_path, MAX_BODY_BYTES="1000") as service,
        visit(browser, service.url, expected=REFUSED) as page,
    ):
        page.locator("textarea").fill("long " * 500)
        page.get_by_role("button", name="Is it positive?").click()
        expect(page.locator("#try form [role=alert]")).to_contain_text("1000")


def test_before_anything_serves_it_says_what_to_run(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    with (
        serving(made("sentiment"), tmp_path, CHAMPION_DIR=str(tmp_path / "none")) as service,
        visit(browser, service.url, expected=REFUSED) as page,
    ):
        expect(page.locator(".notice")).to_contain_text("Nothing serves yet. No champion yet. Run: my-reviews promote")
        expect(page.locator(".examples")).to_have_count(0)
        assert violations(page) == []
        page.locator("textarea").fill("A dull film.")
        page.get_by_role("button", name="Is it positive?").click()
        expect(page.locator("#try form [role=alert]")).to_contain_text("my-reviews promote")


def test_a_champion_made_before_there_were_examples_is_served_without_them(
    browser: Browser, made: Callable[[str], Project], tmp_path: Path
) -> None:
    folder = shutil.copytree(made("sentiment").folder / "champion", tmp_path / "champion")
    for path in folder.glob("*.examples.json"):
        path.unlink()
    with (
        serving(made("sentiment"), tmp_path, CHAMPION_DIR=str(folder)) as service,
        visit(browser, service.url) as page,
    ):
        page.locator("textarea").fill("A dull film.")
        page.get_by_role("button", name="Is it positive?").click()
        assert "negative" in answered(page)
        expect(page.locator(".examples")).to_have_count(0)
