"""Kills a command of a project at each of its steps, and looks at what is left.

Run by the project's own Python: `python crashing.py PACKAGE COMMAND FOLDER EVERY`. A step is a
file that is opened to be written, renamed, removed or synchronised, or a commit of a database.
Each trial begins with a copy of the same state, in a process of its own, and prints a line.
"""

import asyncio
import importlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGE, COMMAND, FOLDER = sys.argv[1], sys.argv[2], Path(sys.argv[3])
EVERY = int(sys.argv[4])  # of so many steps, the first is tried
PREFIX = f"{PACKAGE.upper()}_"
SETTINGS = {"SAMPLE_ROWS": 2000, "FOLDS": 2, "JOBS": 1, "MINIMUM_ROWS": 50}
ARGUMENTS = {"score": ["score", "incoming.csv", "scored.csv"]}
EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "os.truncate")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def load(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def enter(folder: Path) -> None:
    """Make the folder the current project."""
    for name, value in SETTINGS.items():
        os.environ[PREFIX + name] = str(value)
    database = folder / "mlflow.db"
    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{database.as_posix()}"
    os.chdir(folder)


def in_child(work: Callable[[], int]) -> int:
    """Exit status of the work, done in a process of its own; negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            status = work()
        except SystemExit as end:
            status = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            status = 70
        sys.stdout.flush()
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_command() -> int:
    """The command, as the command line runs it."""
    sys.argv = [PACKAGE, *ARGUMENTS.get(COMMAND, [COMMAND])]
    with Path("printed.txt").open("a") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    importlib.import_module(f"{PACKAGE}.__main__").main()
    return 0


def watch(at_step: Callable[[str], None]) -> None:
    """Call the function before each step."""
    import sqlalchemy

    folder = Path.cwd()

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            is_write = set(mode or "") & set("wax+") or (not mode and flags & WRITES)
        else:
            path, is_write = arguments[0] if arguments else None, event in EVENTS
        if is_write and isinstance(path, str | os.PathLike):
            place = Path(os.path.abspath(path))  # noqa: PTH100
            if place.is_relative_to(folder) and place.name != "printed.txt":
                at_step(f"{event} {place.relative_to(folder)}")

    sys.addaudithook(audit)
    synchronise = os.fsync

    def fsync(file: int) -> None:
        at_step("fsync")
        synchronise(file)

    setattr(os, "fsync", fsync)  # noqa: B010
    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", lambda _: at_step("commit"))


def count_steps() -> int:
    """Runs the whole command; `steps.txt` in the folder above has a line for each step."""
    place = Path("..", "steps.txt").absolute()
    steps: list[str] = []
    watch(steps.append)
    try:
        return run_command()
    finally:
        place.write_text("\n".join(steps))


def killed_at(number: int) -> Callable[[], int]:
    """The command, which ends before that step."""

    def work() -> int:
        seen = 0

        def at_step(_: str) -> None:
            nonlocal seen
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

        watch(at_step)
        return run_command()

    return work


def look(place: Path) -> Callable[[], int]:
    """Writes what a reader finds in the project, as JSON."""

    def work() -> int:
        bundle = load("bundle")
        facts: dict[str, Any] = {"champion": bundle.active(), **aliases(), **written()}
        if facts["champion"]:
            bundle.load(facts["champion"])
        facts["history"] = [[entry["event"], entry["version"]] for entry in bundle.history()]
        if COMMAND == "prepare":
            facts |= rows()
        place.write_text(json.dumps(facts))
        return 0

    return work


def aliases() -> dict[str, int]:
    """The versions that the registry calls champion and challenger."""
    path = Path("mlflow.db")
    if not path.is_file():
        return {}
    with sqlite3.connect(path) as database:
        query = "select 'alias ' || alias, cast(version as int) from registered_model_aliases"
        return dict(database.execute(query).fetchall())


def written() -> dict[str, int]:
    """How many lines the files have that the commands write."""
    counts = {}
    for name in ("champion/history.jsonl", "scored.csv"):
        path = Path(name)
        counts[name] = len(path.read_bytes().splitlines()) if path.is_file() else 0
    return counts


def rows() -> dict[str, Any]:
    """The sizes of the prepared parts, and how many rows of `train` are in others, too."""
    data = load("data")
    try:
        parts = {name: data.read(name)["text"].tolist() for name in data.PARTS}
    except load("errors").UserError as error:
        return {"refused": str(error)}
    others = [text for name in parts for text in parts[name] if name != "train"]
    return {"leaked": len(set(parts["train"]) & set(others)), "train": parts["train"][:3]}


def seen(place: Path) -> dict[str, Any]:
    """What a reader finds in the current project."""
    place.unlink(missing_ok=True)
    status = in_child(look(place))
    facts = json.loads(place.read_text()) if place.is_file() else {}
    return {"status": status, **facts}


def begin() -> int:
    """The state that each trial starts from."""
    cli, data, registry = load("cli"), load("data"), load("registry")
    promotion, training = load("promotion"), load("training")
    settings = load("config").load_settings()
    cli.prepare()
    if COMMAND == "prepare":
        return 0
    registry.connect(settings.mlflow_tracking_uri)
    few, test_set = data.read("train").head(100), data.read("test")
    dataset = data.describe()["digest"]
    setting = ("logistic regression", '{"C": 3}')
    training.fit_challenger(setting, few, test_set, {}, {"dataset": dataset})
    promotion.promote(test_set, settings, dataset)
    if COMMAND in ("promote", "rollback"):
        cli.train()
    if COMMAND == "rollback":
        cli.promote()
    if COMMAND == "score":
        data.read("drift").to_csv("incoming.csv", index=False)
    if COMMAND == "retrain":
        feed_back(settings)
    return 0


def feed_back(settings: Any) -> None:
    """Traffic with its truth, from which a better model can be trained."""
    prediction_log, schema = load("prediction_log"), load("schema")
    service = load("service").Service(settings)
    service.champion.refresh()
    rows = load("data").read("drift").head(300)
    reviews = [schema.Review(text=text) for text in rows["text"]]
    predictions = asyncio.run(service.predict(reviews))
    ids = [prediction.id for prediction in predictions]
    truths = dict(zip(ids, rows["label"].tolist(), strict=True))
    prediction_log.add_feedback(service.engine, truths)
    service.engine.dispose()


def trial(base: Path, number: int | None) -> dict[str, Any]:
    """What is left of a command that was killed at a step, and after it was run again."""
    folder = FOLDER / "trial" / "project"
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("mlartifacts"))
    enter(folder)
    place = folder.parent / "facts.json"
    if number is None:
        before = seen(place)
        return {"before": before, "again": in_child(count_steps), "after": seen(place)}
    ended = in_child(killed_at(number))
    killed = seen(place)
    again = in_child(run_command)
    printed = Path("printed.txt").read_text()
    return {"ended": ended, "killed": killed, "again": again, "after": seen(place), "said": printed}


def main() -> None:
    for name in ("cli", "training", "promotion", "scoring", "service", "source"):
        load(name)  # before any fork
    base = FOLDER / "base" / "project"
    base.mkdir(parents=True)
    (base / "pyproject.toml").touch()
    enter(base)
    if in_child(begin):
        sys.exit("the state to begin with can't be made")
    if COMMAND == "prepare":
        os.environ[f"{PREFIX}SEED"] = "7"  # another split
    whole = trial(base, None)
    steps = (FOLDER / "trial" / "steps.txt").read_text().splitlines()
    print(json.dumps({"step": "none", **whole}), flush=True)
    for number in range(0, len(steps), EVERY):
        print(json.dumps({"step": f"{number}: {steps[number]}", **trial(base, number)}), flush=True)


if __name__ == "__main__":
    main()
