"""The exercises: each is a Markdown file with its title, time and level."""

import re
from dataclasses import dataclass
from importlib.resources import files

from scaffold.errors import LearnError
from scaffold.learn.project import Project

FORM = re.compile(r"---\n(.*?)\n---\n\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    """One exercise; `shows` says what it shows an employer."""

    number: int
    name: str
    title: str
    minutes: int
    level: str
    shows: str
    text: str

    def page(self, project: Project) -> str:
        """The exercise, with the names of the project."""
        head = f"# {self.number}. {self.title}\n\n{self.minutes} minutes, {self.level}."
        text = self.text.replace("{name}", project.name).replace("{package}", project.package)
        check = f"Check it: scaffold learn {self.number} --check"
        return f"{head} It shows an employer {self.shows}.\n\n{text.strip()}\n\n{check}"


def exercises() -> list[Exercise]:
    """All of them, in order."""
    listed = []
    for file in (files("scaffold.learn") / "exercises").iterdir():
        if file.name.endswith(".md"):
            listed.append(read(file.name.removesuffix(".md"), file.read_text("utf-8")))
    return sorted(listed, key=lambda exercise: exercise.number)


def read(stem: str, page: str) -> Exercise:
    """An exercise from its file."""
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
    """One of them; raises LearnError if there is none of this number."""
    listed = exercises()
    for exercise in listed:
        if exercise.number == number:
            return exercise
    reason = f"No exercise {number}: they go from 1 to {len(listed)}"
    raise LearnError(f"{reason}. See them: scaffold learn")
