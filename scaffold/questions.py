"""What a project must know, and how it is asked, checked and taken from options."""

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
    """What the user decides about a new project."""

    name: str
    author: str
    description: str
    licence: str


@dataclass(frozen=True)
class Question:
    """`check` gives back the answer as it will be used, or raises InvalidAnswerError."""

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
    """The answers that the options hold, checked, and what `ask` gives for the rest."""
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
    """The answer typed on the terminal; a wrong one is asked again with the reason."""

    def check(typed: str) -> str:
        try:
            return question.check(typed)
        except InvalidAnswerError as error:
            raise click.UsageError(str(error)) from error

    try:
        answer: str = click.prompt(question.text, default=question.default(), value_proc=check)
    except click.Abort:
        click.echo()  # leaves the line of the question
        raise
    return answer


def take_default(question: Question) -> str:
    """The default answer, checked like any other."""
    return question.check(question.default())


def check_text(text: str) -> str:
    """The text without the spaces around it, if it is one line of at most 200 characters."""
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
    """The licence as LICENCES spells it; upper and lower case don't matter."""
    for licence in LICENCES:
        if licence.lower() == text.lower():
            return licence
    choices = ", ".join(LICENCES)
    raise InvalidAnswerError(f"{text!r} is not a supported license. Choose one of: {choices}")


def author(destination: Path) -> str:
    """The user's name as git knows it at the destination, or else the login name.

    In a container that knows neither, it is 'author'.
    """
    try:
        folder = temporary.nearest(destination.absolute())
        return git.author(folder) or getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "author"
