"""Wraps the paragraphs of a Markdown page; tables, headings and code are unchanged."""

import re
import textwrap

WIDTH = 132
ITEM = re.compile(r" *(- |\d+\. )")
KEPT = re.compile(r"#|\||<|!\[| {4}|$")  # not prose, or the end of a paragraph
CODE = re.compile(r"`[^`]+`")  # is copied and pasted, so it stays on one line


def wrap(page: str) -> str:
    """The page with lines of at most WIDTH characters, unless a word is longer."""
    lines: list[str] = []
    paragraph: list[str] = []
    code = False
    for line in [*page.splitlines(), ""]:
        fence = line.startswith("```")
        if code or fence or KEPT.match(line) or ITEM.match(line):
            lines += filled(paragraph)
            paragraph = []
        code = code != fence
        if code or fence or KEPT.match(line):
            lines.append(line)
        else:
            paragraph.append(line)
    return "\n".join(lines[:-1]) + "\n"


def filled(paragraph: list[str]) -> list[str]:
    """The lines, wrapped again if one of them is too long."""
    if all(len(line) <= WIDTH for line in paragraph):
        return paragraph
    item = ITEM.match(paragraph[0])
    indent = " " * len(item[0]) if item else ""
    text = " ".join(line.strip() for line in paragraph)
    lines = textwrap.wrap(
        CODE.sub(lambda code: code[0].replace(" ", "\0"), text),
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]
