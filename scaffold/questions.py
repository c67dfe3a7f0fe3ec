"""The few things that a project must know, and how they are asked, checked and taken from options."""

import getpass
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from scaffold import git, names
from scaffold.catalog import Template
from scaffold.errors import InvalidAnswerError

LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "none")
LONGEST = 200


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


def collect(template: Template, destination: Path | None, given: Mapping[str, str | None], ask: Ask) -> Answers:
    """The answers that `given` holds, checked, and what `ask` gives for the rest."""
    check_name = partial(names.check, dependencies=template.dependencies())
    folder = destination.absolute().name if destination else template.card["name"]
    questions = {
        "name": Question("Project name", lambda: folder, check_name),
        "author": Question("Author", author, check_text),
        "description": Question("Description", lambda: template.card["description"], check_text),
        "licence": Question(f"Licence ({', '.join(LICENCES)})", lambda: LICENCES[0], check_licence),
    }
    answers = {}
    for key, question in questions.items():
        value = given[key]
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
        raise InvalidAnswerError("An empty text is no answer. Give 1 to 200 characters")
    if len(text) > LONGEST:
        raise InvalidAnswerError(f"{text[:20] + '…'!r} has {len(text)} characters. Give at most {LONGEST}")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise InvalidAnswerError(f"{text!r} has line breaks or control characters. Give one line of plain text")
    return text


def check_licence(licence: str) -> str:
    """The licence as LICENCES spells it; upper and lower case don't matter."""
    for known in LICENCES:
        if known.lower() == licence.lower():
            return known
    raise InvalidAnswerError(f"{licence!r} is no licence to choose from. Give one of: {', '.join(LICENCES)}")


def author() -> str:
    """The user's name as git knows it, or else the login name; 'author' in a container that knows neither."""
    try:
        return git.identity().get("user.name") or getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "author"
