"""The questions about a new project: how to ask them, validate answers, and use options."""

import getpass
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from scaffold import git, names, temporary
from scaffold.catalog import Template
from scaffold.errors import InvalidAnswerError

LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "none")
LONGEST = 200
UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")  # categories of Unicode


@dataclass(frozen=True)
class Answers:
    """The user's answers about a new project."""

    name: str
    author: str
    description: str
    licence: str


@dataclass(frozen=True)
class Question:
    """A question; `check` returns the normalized answer or raises InvalidAnswerError."""

    text: str
    default: Callable[[], str]
    check: Callable[[str], str]


Ask = Callable[[Question], str]


def collect(
    template: Template,
    destination: Path | None,
    options: Mapping[str, str | None],
    ask: Ask,
) -> Answers:
    """The answers from the options, validated, and from `ask` for the rest."""
    card = template.card
    folder = destination.absolute().name if destination else card["name"]
    check_name = partial(
        names.check,
        dependencies=template.dependencies(),
        modules=template.modules(),
    )
    author_there = partial(author, destination or Path())
    licences = f"License ({', '.join(LICENCES)})"
    questions = {
        "name": Question("Project name", lambda: folder, check_name),
        "author": Question("Author", author_there, check_text),
        "description": Question("Description", lambda: card["description"], check_text),
        "licence": Question(licences, lambda: LICENCES[0], check_licence),
    }
    answers = {}
    for key, question in questions.items():
        value = options[key]
        answers[key] = ask(question) if value is None else question.check(value)
    return Answers(**answers)


def prompt(question: Question) -> str:
    """Asks on the terminal; repeats the question, with the reason, after an invalid answer."""

    def check(typed: str) -> str:
        try:
            return question.check(typed)
        except InvalidAnswerError as error:
            raise click.UsageError(str(error)) from error

    try:
        answer: str = click.prompt(question.text, default=question.default(), value_proc=check)
    except click.Abort:
        click.echo()  # ends the line of the question
        raise
    return answer


def take_default(question: Question) -> str:
    """The default answer, validated like any other."""
    return question.check(question.default())


def check_text(text: str) -> str:
    """The stripped text, if it is one line of at most 200 characters."""
    text = text.strip()
    if not text:
        raise InvalidAnswerError("The answer is empty. Enter 1 to 200 characters")
    if len(text) > LONGEST:
        start, length = text[:20] + "…", len(text)
        raise InvalidAnswerError(f"{start!r} has {length} characters. Enter at most {LONGEST}")
    for character in text:
        if unicodedata.category(character) in UNPRINTABLE:
            raise InvalidAnswerError(
                f"{text!r} has line breaks or control characters. Enter one line of plain text"
            )
    return text


def check_licence(text: str) -> str:
    """The license as spelled in LICENCES; case doesn't matter."""
    for licence in LICENCES:
        if licence.lower() == text.lower():
            return licence
    choices = ", ".join(LICENCES)
    raise InvalidAnswerError(f"{text!r} is not a supported license. Choose one of: {choices}")


def author(destination: Path) -> str:
    """The user's name from git's configuration at the destination, or else the login name.

    If neither is available, as in some containers, it is 'author'.
    """
    try:
        folder = temporary.nearest(destination.absolute())
        return git.author(folder) or getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "author"
