"""The site of each project in a real Chromium: every page, and the champion as JavaScript against the one in Python."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from browser import DESKTOP, NARROW, PHONE, violations, visit
from playwright.sync_api import Browser, Page
from projects import Project, copied

TEMPLATES = ("sentiment", "price-prediction", "image-classification")
PAGES = ("index.html", "demo/index.html", "card.html", "monitoring.html", "api.html")
# What the service answers to held-back rows, and to records that come in on standard input.
ANSWERS = """
import json, sys
from pathlib import Path
import pandas as pd
from PACKAGE import bundle, config, explanation, schema
from PACKAGE.serving import transport
settings = config.load_settings()
served = bundle.load(settings.champion_dir / f"v{bundle.active_version(settings.champion_dir)}").predictor
rows = pd.concat([pd.read_parquet(settings.data_dir / f"{part}.parquet") for part in ("test", "heldout")])
sample = rows.sample(min(400, len(rows)), random_state=0)
sent = [json.loads(schema.Record(**values).model_dump_json()) for values in sample[schema.INPUT].to_dict("records")]
sent += json.loads(sys.argv[1])
records = [schema.Record(**values) for values in sent]
answers = [json.loads(one.model_dump_json()) for one in served.predict(records)]
explained = [json.loads(explanation.explain(served, record)) for record in records[:20]]
print(json.dumps({"records": sent, "answers": answers, "explained": explained}))
"""
COMPUTED = """
async ({ records, count }) => {
  const champion = await import(new URL("predict.js", document.baseURI));
  const [tables, examples] = await Promise.all(
    ["model.json", "examples.json"].map(async (name) => (await fetch(name)).json()),
  );
  const model = champion.load(tables, examples);
  return {
    answers: records.map((record) => champion.predict(model, record)),
    explained: records.slice(0, count).map((record) => champion.explain(model, record)),
  };
}
"""
ODD_TEXTS = [
    "",
    "\u0130stanbul'da G\u00dcZEL bir film, STRASSE Stra\u00dfe \u1e9e \ufb01ne \u039f\u0394\u039f\u03a3. \u03a3",
    "a cafe\u0301 movie, na\u00efve and nai\u0308ve, great\u0301 film",
    "good \U0001f600 film \U0001f44d\U0001f3fd great \U0001f468\u200d\U0001f469\u200d\U0001f467 bad",
    "it\u0092s a great \u0097 film\u0085 \u0081 worst",
    "<b>good</b> <i" + "x" * 30 + "> movie <" + "\U0001f600" * 20 + ">bad",
    "\u00bd \u00b2 \u2167 \u0663 \u4e94 \u09e7\u09e8 \u00aa\u00ba 10 out of 10 great_movie",
    "don't won''t 'good' \u2019great\u2019 bad!?!? ?!",
    "good\u200dmovie\u00a0great\u2028bad\ufeffworst\u3000best",
    "a" * 10_000,
    "great bad " * 1_000,
    "constructor toString __proto__ hasOwnProperty great",
]


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def hosted(project: Project) -> Iterator[str]:
    """The address of the project's site, in a folder of its host as on GitHub Pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(project.folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/site/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=TEMPLATES)
def project(made: Any, request: pytest.FixtureRequest) -> Project:
    finished: Project = made(request.param)
    return finished


def answered_by_python(project: Project, records: list[dict[str, Any]]) -> dict[str, Any]:
    code = ANSWERS.replace("PACKAGE", project.name.replace("-", "_"))
    finished = project.run("python", "-c", code, json.dumps(records))
    assert finished.returncode == 0, finished.stderr
    answers: dict[str, Any] = json.loads(finished.stdout)
    return answers


def gap(one: Any, other: Any) -> float:
    """How far apart two answers are at most: absolute below 1, relative above; infinite if they differ in kind."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return max((gap(one[name], other[name]) for name in one), default=0.0)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return max(map(gap, one, other), default=0.0)
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)]
    if all(numbers):
        return float(abs(one - other) / max(1.0, abs(other)))
    return 0.0 if one == other else float("inf")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True), (NARROW, False)])
def test_every_page_is_quiet_and_open_to_everyone(
    project: Project, browser: Browser, path: str, size: tuple[int, int], dark: bool
) -> None:
    with hosted(project) as url, visit(browser, url + path, size, dark=dark) as page:
        page.wait_for_load_state("networkidle")

        assert violations(page) == []
        assert page.locator("h1").count() == 1
        assert page.locator("img[src]").evaluate_all("all => all.filter((one) => !one.naturalWidth).length") == 0


def test_every_link_leads_to_a_file_of_the_site(project: Project, browser: Browser) -> None:
    with hosted(project) as url:
        for path in PAGES:
            with visit(browser, url + path) as page:
                targets = page.locator("[href], [src]").evaluate_all(
                    "all => all.map((one) => one.getAttribute('href') ?? one.getAttribute('src'))"
                )
            own = [urlsplit(urljoin(url + path, one)) for one in targets if "://" not in one and "data:" not in one]
            assert [one.path for one in own if not (project.folder / one.path.lstrip("/")).is_file()] == []
            assert all(one.path.startswith("/site/") for one in own)


@pytest.mark.parametrize("template", ["sentiment", "price-prediction"])
def test_the_browser_answers_as_the_service_does(made: Any, browser: Browser, template: str) -> None:
    project = made(template)
    odd = [{"text": text} for text in ODD_TEXTS] if template == "sentiment" else []
    python = answered_by_python(project, odd)

    with hosted(project) as url, visit(browser, url + "demo/index.html") as page:
        computed = page.evaluate(COMPUTED, {"records": python["records"], "count": len(python["explained"])})

    assert len(python["answers"]) >= 400
    assert gap(computed["answers"], python["answers"]) <= 1e-6
    assert gap(computed["explained"], python["explained"]) <= 1e-6


def test_an_example_is_answered_with_its_explanation_by_keyboard_and_offline(
    project: Project, browser: Browser
) -> None:
    with hosted(project) as url, visit(browser, url + "demo/index.html", NARROW) as page:
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        page.locator(".examples button").first.focus()
        page.keyboard.press("Enter")

        page.wait_for_selector(".answer .large")
        page.wait_for_selector(".explanation :is(table, canvas)")
        assert "Model version" in page.locator(".answer").inner_text()
        assert violations(page) == []


def test_what_breaks_the_contract_is_refused_in_the_words_of_the_api(made: Any, browser: Browser) -> None:
    with hosted(made("sentiment")) as url, visit(browser, url + "demo/index.html") as page:
        ask(page, " \u00a0\n")
        assert page.locator("#error-text").inner_text() == "Text should hold more than white space"

        ask(page, "a" * 20_001)
        assert "at most 20000 characters" in page.locator("#error-text").inner_text()


def test_what_a_visitor_writes_is_shown_as_text(made: Any, browser: Browser) -> None:
    with hosted(made("sentiment")) as url, visit(browser, url + "demo/index.html") as page:
        ask(page, "a great movie <img src=x onerror=alert(1)> <script>alert(1)</script> the worst")

        page.wait_for_selector(".answer .large")
        assert page.locator(".answer img, .answer script").count() == 0


def test_words_that_are_numbers_stand_where_their_share_puts_them(made: Any, browser: Browser) -> None:
    with hosted(made("sentiment")) as url, visit(browser, url + "demo/index.html") as page:
        ask(page, "10 out of 10, a 2 hour film, great in 1 way, the worst in 3")

        page.wait_for_selector(".explanation table")
        said = page.locator(".explanation tbody td.number").all_text_contents()
        shares = [abs(float(one.replace("\u2212", "-"))) for one in said]
        assert shares == sorted(shares, reverse=True)
        assert len(shares) > 5


def ask(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("form .main").click()


def test_pictures_have_recorded_answers_alone_and_the_page_says_so(made: Any, browser: Browser) -> None:
    with hosted(made("image-classification")) as url, visit(browser, url + "demo/index.html") as page:
        assert "recorded" in page.locator("main").inner_text()
        assert not page.locator("input[type=file]").is_visible()


def test_the_demonstration_is_small_enough_for_a_phone(project: Project) -> None:
    demo = [path for path in (project.folder / "site" / "demo").iterdir() if path.is_file()]
    as_sent = sum(len(gzip.compress(path.read_bytes())) for path in demo)

    assert as_sent < 1_500_000  # bytes, as Pages compresses them


def test_the_site_holds_nothing_that_users_sent(project: Project) -> None:
    site = project.folder / "site"

    assert not [path for path in site.rglob("*") if path.is_file() and path.stat().st_size > 5_000_000]
    assert not list(site.rglob("*-v[0-9]*.html"))


def test_a_model_that_is_withheld_is_neither_on_the_site_nor_missed_in_a_clone(made: Any, tmp_path: Path) -> None:
    finished = made("price-prediction")
    copy, clone = copied(finished, tmp_path / finished.name), tmp_path / "clone"
    (copy.folder / ".env").write_text("SITE_DEMO=off\n", "utf-8")

    runs = [copy.run(copy.name, "showcase"), copy.run(copy.name, "showcase", "--check")]
    commit = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "Results"]
    for command in (["add", "--all"], commit, ["clone", "--quiet", ".", str(clone)]):
        subprocess.run(["git", *command], cwd=copy.folder, check=True)  # noqa: S607  (the git that the user would run)
    cloned = replace(copy, environment=copy.environment | {"PROJECT_ROOT": str(clone)})
    runs.append(cloned.run(copy.name, "showcase", "--check"))

    assert [run.returncode for run in runs] == [0, 0, 0], "".join(run.stdout + run.stderr for run in runs)
    assert "no promotion is on record here" in runs[-1].stdout
    assert not (clone / "site" / "demo").exists()
    assert not (clone / ".env").exists()


def test_a_second_time_changes_no_file(project: Project) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (project.folder / "site").rglob("*") if path.is_file()}

    before = contents()
    package = project.name.replace("-", "_")
    code = f"import json; from pathlib import Path; from {package}.showcase import site; root = Path.cwd();"
    code += "found = json.loads((root / 'docs' / 'results.json').read_text('utf-8'));"
    code += "site.write(root, found, root / 'champion', root / 'reports')"
    finished = project.run("python", "-c", code)

    assert finished.returncode == 0, finished.stderr
    assert contents() == before
