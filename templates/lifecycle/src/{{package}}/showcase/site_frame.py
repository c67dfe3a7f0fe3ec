"""The frame of every page of the site, and the owner's Markdown as HTML; whatever is shown is escaped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEMO = "demo/index.html"
PAGES = {
    "index.html": "Story",
    DEMO: "Try it",
    "card.html": "Model card",
    "monitoring.html": "Monitoring",
    "api.html": "API",
}
SHOWN = {"README.md": "index.html", "MODEL_CARD.md": "card.html"}  # files of the project that have a page
PLOTS = "docs/results/"
# Nothing comes from another host, and no page holds a script or a style of its own.
POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FRONT_MATTER = re.compile(r"\A---\r?\n.*?\r?\n---\r?\n", re.DOTALL)
FOLDED = re.compile(r"&lt;(/?(?:details|summary))&gt;")  # the only HTML that a page of the owner's may hold


@dataclass(frozen=True)
class Project:
    """What every page says of the project; `repository` is its address, if one is on record.

    `demo` is whether the site has the page to try.
    """

    name: str
    description: str
    repository: str | None
    demo: bool = True


def frame(path: str, project: Project, body: str, head: str = "") -> str:
    """A whole page; `path` is one of PAGES."""
    up = "../" * path.count("/")
    links = [_link(up + other, name, path == other) for other, name in PAGES.items() if project.demo or other != DEMO]
    if project.repository:
        links.append(_link(project.repository, "Code", False))
    title = project.name if path == "index.html" else f"{PAGES[path]} · {project.name}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="{escape(project.description)}">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
{head}<link rel="stylesheet" href="{up}page.css">
<link rel="stylesheet" href="{up}site.css">
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header class="top"><nav aria-label="Pages"><ul>{"".join(links)}</ul></nav></header>
<main id="main">
{body}
</main>
</body>
</html>
"""


def markdown(text: str, repository: str | None = None) -> str:
    """A page of the project as HTML; what it links that is not on the site leads to the repository, or nowhere."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("table_open", lambda *_: f"{_wide('Table')}<table>")
    parser.add_render_rule("table_close", lambda *_: "</table></div>")
    tokens = parser.parse(COMMENT.sub("", FRONT_MATTER.sub("", text)))
    for token in tokens:
        _lead(token.children or [], repository)
    return str(parser.renderer.render(tokens, parser.options, {}))


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one that is as high; empty if there is no such heading."""
    lines, found = text.splitlines(), MarkdownIt("commonmark").parse(text)
    headings = [(one, name) for one, name in pairwise(found) if one.type == "heading_open"]
    for number, (one, name) in enumerate(headings):
        if name.content == heading and one.map:
            later = [other.map[0] for other, _ in headings[number + 1 :] if other.map and other.tag <= one.tag]
            return "\n".join(lines[one.map[1] : min(later, default=len(lines))])
    return ""


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text; the first cell of each row is its heading. Nothing if there are none."""
    if not rows:
        return ""
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(f"<tr>{_cells(row)}</tr>\n" for row in rows)
    return f"""{_wide(caption)}<table>
<caption>{escape(caption)}</caption>
<thead><tr>{columns}</tr></thead>
<tbody>
{lines}</tbody></table></div>
"""


def _wide(label: str) -> str:
    """What a table stands in: on a narrow screen it scrolls there, by keyboard too."""
    return f'<div class="wide" role="group" aria-label="{escape(label)}" tabindex="0">'


def _cells(row: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others)


def _link(href: str, name: str, current: bool) -> str:
    here = ' aria-current="page"' if current else ""
    return f'<li><a href="{escape(href)}"{here}>{escape(name)}</a></li>'


def _html(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """The HTML of a page as text, but for what folds."""
    return FOLDED.sub(r"<\1>", escape(tokens[index].content, quote=False))


def _lead(tokens: list[Token], repository: str | None) -> None:
    """Have links and pictures lead to where their targets are on the site; those without a place become text."""
    place: str | None = None
    for token in tokens:
        if token.type == "link_open":
            place = _place(str(token.attrs["href"]), repository)
            token.attrs = {"href": place or ""}
        if token.type in ("link_open", "link_close"):
            token.hidden = place is None
        if token.type == "image":
            source = str(token.attrs["src"])
            token.attrs["src"] = source.removeprefix("docs/")
            token.type = token.type if source.startswith(PLOTS) else "text"


def _place(target: str, repository: str | None) -> str | None:
    if re.match(r"(https?:|mailto:|#)", target):
        return target
    if target in SHOWN or target.startswith(PLOTS):
        return SHOWN.get(target, target.removeprefix("docs/"))
    return f"{repository}/blob/main/{target}" if repository else None
