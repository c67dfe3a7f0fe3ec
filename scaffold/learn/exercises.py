"""Loads the exercises; each is a Markdown file with title, time and level."""

import re
from dataclasses import dataclass
from importlib.resources import files

from scaffold.errors import LearnError
from scaffold.learn.project import Project

FORM = re.compile(r"---\n(.*?)\n---\n\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    """An exercise; `shows` is what it shows an employer."""

    number: int
    name: str
    title: str
    minutes: int
    level: str
    shows: str
    text: str

    def page(self, project: Project) -> str:
        """The text of the exercise, with the project's names filled in."""
        head = f"# {self.number}. {self.title}\n\n{self.minutes} minutes, {self.level}."
        text = self.text.replace("{name}", project.name).replace("{package}", project.package)
        check = f"Check it: scaffold learn {self.number} --check"
        return f"{head} It shows an employer {self.shows}.\n\n{text.strip()}\n\n{check}"


def exercises() -> list[Exercise]:
    """All exercises in order."""
    listed = []
    for file in (files("scaffold.learn") / "exercises").iterdir():
        if file.name.endswith(".md"):
            listed.append(read(file.name.removesuffix(".md"), file.read_text("utf-8")))
    return sorted(listed, key=lambda exercise: exercise.number)


def read(stem: str, page: str) -> Exercise:
    """Reads an exercise from its file."""
    number, _, name = stem.partition("-")
    match = FORM.fullmatch(page)
    if not match:
        raise ValueError(f"{stem} has no front matter")
    about = {}
    for line in match[1].splitlines():
        key, _, value = line.partition(": ")
        about[key] = value
    minutes = int(about.pop("minutes"))
    return Exercise(int(number), name, minutes=minutes, text=match[2], **about)


def find(number: int) -> Exercise:
    """The exercise with this number; raises LearnError if there is none."""
    listed = exercises()
    for exercise in listed:
        if exercise.number == number:
            return exercise
    reason = f"There is no exercise {number}, only 1 to {len(listed)}"
    raise LearnError(f"{reason}. List them with: scaffold learn")
