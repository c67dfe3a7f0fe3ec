"""One command for each stage, in lifecycle order: reads the settings, calls the stage, prints what it found."""

import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from . import lock, record, stages
from .config import COMMAND, load_settings
from .errors import LifecycleError, outage

RETRAINING_ADVISED = 3
REFUSED = 4
Challenger = Literal["challenger"]
Traffic = Literal["stream", "drift", "mixed"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The whole life of a model, one command a stage.")


def main() -> None:
    """Run a command; what the user can put right is one line, without a traceback."""
    logging.basicConfig(format="   %(message)s", stream=sys.stdout)
    logging.getLogger(__package__).setLevel(logging.INFO)
    try:
        app()
    except (LifecycleError, OSError) as error:
        _fail(str(error))
    except Exception as error:
        if not outage(error):  # a bug
            raise
        _fail(f"{type(error).__name__}: {str(error).splitlines()[0]}. See: {COMMAND} status")


@app.command()
def prepare() -> None:
    """Load, clean, check and split the raw data."""
    from . import data

    s = load_settings()
    dataset = data.prepare(s.data_dir, s, s.own_data, s.seed, s.sample_rows)
    _say(f"{dataset['raw_rows']:,} raw rows of {dataset['source']}")
    _say("dropped: " + ", ".join(f"{rows:,} {reason}" for reason, rows in dataset["dropped"].items()))
    _say("kept: " + ", ".join(f"{rows:,} {part}" for part, rows in dataset["rows"].items()))


@app.command()
def train() -> None:
    """Fit baselines and candidates, track them, register the best as challenger."""
    _say(f"version {stages.train(load_settings())} is the challenger")


@app.command()
def promote() -> None:
    """Make the challenger champion if it has earned it; exit status 4 if refused, or if it can't be told yet."""
    verdict = stages.promote(load_settings())
    _say(f"{verdict.status}: {'; '.join(verdict.reasons)}")
    if verdict.status == record.UNDECIDED:
        _say(f"it stays the challenger. For more feedback: {COMMAND} serve --shadow challenger")
    if not verdict.promoted:
        raise typer.Exit(REFUSED)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: API_HOST]")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port [default: API_PORT]")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes [default: WORKERS]")] = None,
    public: Annotated[bool, typer.Option("--public", help="Serve others than this machine without keys")] = False,
    shadow: Annotated[Challenger | None, typer.Option(help="Who answers as well, for the log only")] = None,
    split: Annotated[int | None, typer.Option(min=1, max=50, help="Percent that the challenger answers")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Log warnings only")] = False,
) -> None:
    """Answer predictions over HTTP until stopped."""
    from .serving import server

    chosen = {"API_HOST": host, "API_PORT": port, "WORKERS": workers, "PUBLIC": public or None}
    chosen |= {"SHADOW": shadow, "SPLIT": split}
    # Every worker reads its settings from here.
    os.environ.update({name: str(value) for name, value in chosen.items() if value is not None})
    s = load_settings()
    server.check(s)
    if not quiet:
        typer.echo(f"Try it: http://{s.api_host}:{s.api_port}/ (Ctrl-C stops it)")
    server.serve(s, "warning" if quiet else "info")


@app.command()
def replay(
    part: Annotated[Traffic, typer.Argument(help="stream is as usual, mixed has both")] = "stream",
    url: Annotated[str | None, typer.Option(help="Address of the service [default: API_HOST and API_PORT]")] = None,
) -> None:
    """Send held-back data to the service, then what turned out to be true."""
    from . import data, traffic

    s = load_settings()
    records = data.read(s.data_dir, part)
    if records.empty:
        _say(f"no rows in '{part}': the data has none of that kind")
        return
    key = s.api_keys[0] if s.api_keys else None
    sent = traffic.replay(url or f"http://{s.api_host}:{s.api_port}", records, s.max_batch, key)
    _say(str(sent))


@app.command()
def monitor() -> None:
    """Compare what was served with the champion's reference; exit status 3 if retraining is advised."""

    s = load_settings()
    decision = stages.monitor(s)
    looked_at = f"{decision.sampled:,} of {decision.rows:,} rows looked at"
    _say(f"{decision.status} (version {decision.model_version}, {looked_at})")
    for name, question in decision.questions.items():
        _say(f"{name} {question.answer}: {'; '.join(question.reasons)}")
    if decision.report:
        _say(f"report: {s.reports_dir / decision.report}")
    if decision.status == record.RETRAIN:
        raise typer.Exit(RETRAINING_ADVISED)


@app.command()
def retrain(
    hold: Annotated[bool, typer.Option("--hold", help="Don't judge it yet: for serve --shadow or --split")] = False,
) -> None:
    """Train on the train set and the feedback; promote if better than the champion, else exit status 4."""
    s = load_settings()
    with lock.exclusive(s.champion_dir):  # or another command may promote in between
        retrained = stages.retrain(s)
        if retrained.version is None:
            _say(f"refused: {retrained.reason}")
            raise typer.Exit(REFUSED)
        _say(retrained.reason)
        if retrained.verdict is None and not hold:
            promote()
        elif retrained.verdict not in (None, record.PROMOTED):
            raise typer.Exit(REFUSED)


@app.command()
def flow(
    every: Annotated[str | None, typer.Option(help='Go round by this schedule, until stopped: "17 6 * * *"')] = None,
) -> None:
    """Monitor, retrain, promote as one flow of Prefect, once or by a schedule."""
    try:
        from . import flow as orchestration
    except ModuleNotFoundError as error:
        if error.name != "prefect":
            raise
        raise LifecycleError(
            "Prefect is not installed. Install the extra 'flow': uv sync --no-dev --extra train --extra flow"
        ) from None

    if every:
        orchestration.serve(every)
    else:
        _say(orchestration.run())


@app.command()
def compare(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON")] = False,
) -> None:
    """Champion against challenger on live traffic, in shadow or split; it may be asked as often as one likes."""
    from . import bundle, prediction_log
    from .promotion import comparison, lift

    s = load_settings()
    champion = bundle.active_version(s.champion_dir)
    challenger = bundle.pointed(s.champion_dir, bundle.CHALLENGER)
    if champion is None or challenger in (None, champion):
        raise LifecycleError(f"No {'challenger' if champion else 'champion'} to compare. Run: {COMMAND} train")
    rules = lift.Rules(s.minimum_rows, s.minimum_gain)
    found = comparison.compare(prediction_log.connect(s.database_url), champion, challenger, rules)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
    for line in [] if as_json else [line for one in found for line in comparison.lines(one)]:
        _say(line)


@app.command()
def rollback(
    to: Annotated[int | None, typer.Option(help="An earlier champion [default: the one before]")] = None,
) -> None:
    """Bring back the champion before this one, or a certain one; needs no registry."""
    from . import history

    s = load_settings()
    before, after = history.rollback(s.champion_dir, to)
    _say(f"version {after} serves again, in place of version {before}")
    try:
        stages.connect(s)
    except Exception as error:  # whatever ails the registry, the earlier champion serves
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        _say(f"the registry will be told by the next promote or train: {reason}")


@app.command()
def score(source: Path, target: Path) -> None:
    """Answer all that a file or folder holds, and write it with the answers beside it."""
    from . import bundle, schema
    from .serving import scoring

    s = load_settings()
    version = bundle.active_version(s.champion_dir)
    if version is None:
        raise LifecycleError(f"No champion yet. Run: {COMMAND} promote")
    champion = bundle.load(s.champion_dir / f"v{version}").predictor
    answered, refused = scoring.score(source, target, champion, schema.record_type(s))
    _say(f"{answered:,} rows answered by version {version}, {refused:,} refused (see column 'problem'): {target}")


@app.command()
def purge(
    days: Annotated[float, typer.Option(min=0, max=36_500, help="Delete what is older than this")],
) -> None:
    """Delete old predictions from the log with their feedback, and old reports, which show what was asked."""
    from . import metrics, prediction_log
    from .monitoring import report_page

    s = load_settings()
    deleted = prediction_log.purge(prediction_log.connect(s.database_url), days)
    _say(f"{deleted:,} predictions older than {days:g} days deleted")
    reports = report_page.purge(s.reports_dir, metrics.DECISIVE, days)
    _say(f"{reports:,} reports older than {days:g} days deleted; what was decided stays on record")


@app.command()
def showcase(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit status 1 if a page differs")] = False,
) -> None:
    """Show what was measured in README, model card, plots, badges and site; or check that they show nothing else."""
    from .showcase import latency, site
    from .showcase import showcase as page

    s = load_settings()
    if not check:
        found = stages.measured(s)
        for line in page.notes(found):
            _say(line)
        shown = page.write(s.root, {**found, "latency": latency.of(s, found["champion"])})
        made = site.write(s.root, found, s.champion_dir, s.reports_dir, s.site_demo)
        pages = [path for path in shown if "/" not in path]
        counts = {"docs": len(shown) - len(pages), site.FOLDER: len(made)}
        folders = [f"{folder}/ ({count} {'file' if count == 1 else 'files'})" for folder, count in counts.items()]
        _say(f"written: {', '.join([*pages, *folders])}")
        return
    records = stages.measured(s) if stages.promoted(s) else None
    different = [
        *page.differences(s.root, records),
        *site.differences(s.root, (s.champion_dir, s.reports_dir) if records else None, s.site_demo),
    ]
    agreed = "what is shown is what was measured" if records else f"what is shown is what {page.RECORD} says"
    for line in different or [agreed]:
        _say(line)
    if records is None:
        _say("(no promotion is on record here, so it can't be held against the runs)")
    if different:
        raise typer.Exit(1)


@app.command()
def decide(title: Annotated[str, typer.Argument(help="What was decided, in a few words")]) -> None:
    """Add a page for a decision of your own to docs/decisions, with prompts and room for the figures."""
    import datetime

    from . import config
    from .showcase import decisions

    page = decisions.add(config.root(), title, datetime.datetime.now(datetime.UTC).date())
    _say(f"{page}: answer its questions. Its figures come with: {COMMAND} showcase")


@app.command()
def status(
    whole: Annotated[bool, typer.Option("--history", help="All that was ever decided about champions")] = False,
) -> None:
    """What serves, since when and why; what is logged; what monitoring said last."""
    from . import bundle, history, prediction_log

    s = load_settings()
    entries, decisions = stages.records(s)
    if whole:
        for line in history.table(entries):
            _say(line)
        return
    version = bundle.active_version(s.champion_dir)
    _say(f"champion: version {version}" if version else f"no champion yet. Run: {COMMAND} run")
    for entry in entries[-5:]:
        _say(f"{entry['time']}  version {entry['to_version']} {entry['event']}: {'; '.join(entry.get('reasons', []))}")
    latest = next((entry["dataset"] for entry in reversed(entries) if entry.get("dataset")), None)
    if decided := history.test_set_decided(s.champion_dir, latest):
        _say(f"the test set decided {decided} times")
    predictions, feedback = prediction_log.counts(prediction_log.connect(s.database_url))
    _say(f"logged: {predictions:,} predictions, {feedback:,} with feedback")
    for decision in decisions[-1:]:
        _say(f"monitoring: {decision['time']}  {decision['status']}: {'; '.join(decision['reasons'])}")


@app.command()
def run(
    start: Annotated[str, typer.Option("--from", help="Resume at this stage")] = "prepare",
    reset: Annotated[bool, typer.Option("--reset", help="Move earlier results to archive/ and start afresh")] = False,
) -> None:
    """The whole loop: data to champion, usual traffic, drift, retraining, and the results in the README."""
    from . import loop
    from .local_service import running

    s = load_settings()
    if reset and start != "prepare":
        raise LifecycleError(f"--reset starts afresh, --from {start} goes on: choose one of them.")
    if reset and (folder := loop.archive(s)):
        _say(f"earlier results moved to {folder}")

    def replayed(part: Traffic) -> None:
        with running(s) as url:
            replay(part, url)

    order: dict[str, Callable[[], None]] = {
        "prepare": prepare,
        "train": train,
        "promote": lambda: _expect_champion(promote),
        "replay": lambda: replayed("stream"),
        "monitor": lambda: _go_on_after(monitor),
        "replay-drift": lambda: replayed("drift"),
        "monitor-drift": lambda: _go_on_after(monitor),
        "retrain": lambda: _go_on_after(retrain),
        "replay-after": lambda: replayed("mixed"),
        "monitor-after": lambda: _go_on_after(monitor),
        "showcase": showcase,
    }
    for name in loop.stages_to_run(list(order), start, s):
        typer.echo(f"== {name} ({list(order).index(name) + 1}/{len(order)})")
        try:
            order[name]()
        except BaseException:
            _say(f"to resume: {COMMAND} run --from {name}")
            raise
    typer.echo("== summary")
    for line in loop.summary(s, stages.measured(s)):
        _say(line)


def _expect_champion(promote: Callable[[], None]) -> None:
    try:
        promote()
    except typer.Exit:
        raise LifecycleError(f"The challenger was refused, nothing can serve. See: {COMMAND} status") from None


def _go_on_after(stage: Callable[[], None]) -> None:
    """Advice and refusals are findings, not failures: the loop goes on."""
    with suppress(typer.Exit):
        stage()


def _say(text: str) -> None:
    typer.echo(f"   {text}")


def _fail(message: str) -> NoReturn:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(1)
