"""The site of the project, for GitHub Pages: every file of `site/`, made from the records, the README and the card."""

import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import bundle, history, record
from ..config import COMMAND, Settings
from ..errors import LifecycleError
from ..monitoring import report_page
from ..serving import page_routes
from . import browser_model, results
from .site_api import api
from .site_frame import DEMO, PLOTS, Project, frame, markdown, section
from .site_monitoring import monitoring
from .site_story import story

FOLDER = "site"
DIGESTS = "files.json"  # of every file, and of the record that the site was made from
UNREADABLE = (OSError, ValueError, LookupError, TypeError)
MODEL = "demo/model.json"
ANEW = f"Write it anew: {COMMAND} showcase"
BROWSER = Path(__file__).parent / "browser"
Files = dict[str, str]


def write(root: Path, found: dict[str, Any], champion: Path, reports: Path, demo: bool | None = None) -> list[Path]:
    """Leave the site in `site/`; returns what was written. Other files there stay: a name of your own, say.

    `demo` is whether the page to try is part of it, and the model with it. None leaves that as it was, on at first, so
    that a clone without the setting publishes no model that was withheld.
    """
    try:
        _, before, demo = _kept(root, demo)
    except UNREADABLE:
        before, demo = {}, demo is not False
    made = files(root, found, champion, reports, demo)
    digests = {name: results.digest(text) for name, text in made.items()}
    made[DIGESTS] = json.dumps({"results": _of_results(root), "demo": demo, "files": digests}, indent=2) + "\n"
    if not demo:
        _withdraw(root / FOLDER / "demo", before)
    written = []
    for name, text in made.items():
        path = root / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        record.replace_text(path, text)
        written.append(path)
    return written


def differences(root: Path, records: tuple[Path, Path] | None = None, demo: bool | None = None) -> list[str]:
    """Where the site differs from what was written, or tells of other results than those on record, a line each.

    With `records`, the folders of champion and reports, every file is made again and compared. Without them, as in a
    clone, digests tell: other versions of the libraries may describe the API in other words there.
    """
    if not (root / FOLDER).is_dir():  # before the first run, or its owner wants none
        return []
    try:
        of_results, digests, demo = _kept(root, demo)
    except UNREADABLE as error:
        return [f"{FOLDER}/{DIGESTS} can't be read ({type(error).__name__}). {ANEW}"]
    if records and (found := results.read(root)):
        digests |= {name: results.digest(text) for name, text in files(root, found, *records, demo).items()}
    different = [name for name, digest in digests.items() if _digest(root / FOLDER / name) != digest]
    lines = [f"{FOLDER}/{name} is not what README, card and records say. {ANEW}" for name in different]
    if not demo and (root / FOLDER / MODEL).exists():
        lines.append(f"{FOLDER}/{MODEL} is there, but SITE_DEMO is off. Delete it, then: {COMMAND} showcase")
    return lines if of_results == _of_results(root) else [f"{FOLDER}/ tells of other results. {ANEW}", *lines]


def files(root: Path, found: dict[str, Any], champion: Path, reports: Path, demo: bool) -> Files:
    """Every file of the site, by its path in it.

    What is made of the champion or of monitoring's decisions is left out where they are not at hand, as in a clone.
    """
    project = _project(root, demo)
    readme, card = _read(root / "README.md"), _read(root / "MODEL_CARD.md")
    document = _openapi(root)

    def told(heading: str) -> str:
        return markdown(section(readme, heading), project.repository)

    made = {
        "index.html": frame("index.html", project, story(found, project, told, root / PLOTS)),
        "card.html": frame("card.html", project, markdown(card, project.repository)),
        "api.html": frame("api.html", project, api(document, told("Ask it"))),
        "openapi.json": _json(document),
        "monitoring.css": report_page.STYLE,
        **_copied(BROWSER, "site.css"),
        **_copied(page_routes.FOLDER, "page.css"),
        **{f"results/{path.name}": path.read_text("utf-8") for path in sorted((root / PLOTS).glob("*.svg"))},
    }
    decisions = record.read(reports / record.DECISIONS)
    if decisions or not found["decisions"]:
        page = monitoring(decisions, found["metric"]["name"])
        head = '<link rel="stylesheet" href="monitoring.css">\n'
        made["monitoring.html"] = frame("monitoring.html", project, page, head)
    folder = champion / f"v{found['champion']['version']}"
    return made | (_demo(project, folder, document) if demo and folder.is_dir() else {})


def _demo(project: Project, folder: Path, document: dict[str, Any]) -> Files:
    """The page to try, with the champion's tables in the place of the service."""
    served = bundle.load(folder)
    path = history.examples_path(folder.parent, served.version)
    examples = json.loads(path.read_text("utf-8")) if path.is_file() else []
    model = _json(browser_model.tables(served.predictor, examples))
    contract = next(iter(document["paths"]["/explain"]["post"]["requestBody"]["content"].values()))["schema"]
    about = {"version": served.version, "contract": contract, "examplesOnly": browser_model.RECORDED}
    page = f"""<h1>Try it</h1>
<p>{browser_model.SAYS} ({len(model.encode()) / 1e6:.1f} MB before compression.)</p>
<div id="try" class="try"></div>
<noscript><p>This page needs JavaScript.</p></noscript>"""
    return {
        DEMO: frame(DEMO, project, page, '<script type="module" src="demo.js"></script>\n'),
        MODEL: model,
        "demo/examples.json": _json(examples),
        "demo/about.json": _json(about),
        **_copied(page_routes.FOLDER, *(name for name in page_routes.SHARED if name.endswith(".js")), to="demo/"),
        **_copied(BROWSER, "demo.js", "predict.js", to="demo/"),
    }


def _kept(root: Path, demo: bool | None) -> tuple[str | None, dict[str, str], bool]:
    """The digests of results and files when the site was written, and whether it has the page to try: as `demo` says,
    or else as it had then. Raises one of UNREADABLE."""
    kept = json.loads((root / FOLDER / DIGESTS).read_text("utf-8"))
    return kept["results"], dict(kept["files"]), kept.get("demo", True) if demo is None else demo


def _withdraw(folder: Path, digests: dict[str, str]) -> None:
    """Delete what `write` left in a folder; what the owner changed or added stays."""
    for path in folder.glob("*"):
        if digests.get(f"{folder.name}/{path.name}", "") == _digest(path):
            path.unlink()
    with suppress(OSError):  # none there, or the owner's files in it
        folder.rmdir()


def _of_results(root: Path) -> str | None:
    return _digest(root / results.NAME)


def _digest(path: Path) -> str | None:
    """The digest of a file of text; None where there is none that can be read."""
    try:
        return results.digest(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _copied(folder: Path, *names: str, to: str = "") -> Files:
    return {f"{to}{name}": (folder / name).read_text("utf-8") for name in names}


def _read(page: Path) -> str:
    try:
        return page.read_text("utf-8")
    except FileNotFoundError:
        raise LifecycleError(f"{page} is missing, and the site shows it. Bring it back: git checkout") from None
    except UnicodeDecodeError:
        raise LifecycleError(f"{page} is not in UTF-8. Save it as UTF-8, then run: {COMMAND} showcase") from None


def _project(root: Path, demo: bool) -> Project:
    about = tomllib.loads(_read(root / "pyproject.toml"))["project"]
    urls = {name.lower(): url for name, url in about.get("urls", {}).items()}
    address = urls.get("repository") or urls.get("source")
    return Project(about["name"], about.get("description", ""), address.rstrip("/") if address else None, demo)


def _openapi(root: Path) -> dict[str, Any]:
    """The document of the service with its defaults, whatever the environment says here."""
    from ..serving.api import create_app

    return create_app(Settings.model_construct(root=root)).openapi()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
