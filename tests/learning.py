"""Worked solutions of the exercises, for reviews, and pretences that only look like work."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import projects
from projects import MADE_BY_TOOLS, Project
from reviewed import append, write
from reviewed import replace as edit

Work = Callable[[Project], None]
REASONS = (
    "The writer praises a rival film for a whole paragraph first, so most words are kind.",
    "Sarcasm throughout: every compliment means its opposite, which single terms can't carry.",
    "It retells a cruel plot at length and closes with one short line of delight.",
    "Two hundred lines about actors' earlier careers dilute the complaint in the last sentence.",
    "I read it twice and side with the machine: whoever labeled this one slipped.",
)
COMMON = (
    "In four of those five cases the opinion sits at the very end, behind material about something "
    "else. Weighing the closing sentence more heavily is what I would try first, and it could help "
    "with roughly half of what I saw. The remaining ones need another reader, or nobody at all."
)
ROLLBACK = (
    "Bring the earlier champion back if complaints double within an hour of a promotion and "
    "the newest window agrees. Whoever is on call decides alone and tells the team afterwards. It "
    "is the wrong answer when the traffic itself moved, since the older one never saw such texts "
    "either. Afterwards, keep the newer model's window for the morning; don't retrain at night."
)
HAPPENED = (
    "Short texts from another site began to arrive before noon and nobody had announced them."
)
CAUSE = (
    "A partner switched its feed on, whose single sentences look nothing like what we trained on."
)
CHANGED = (
    "We collected labels for a day, retrained with those, and the challenger took over by evening."
)
LATER = (
    "An agreement with the partner on new sources would have told us a week ahead. Until there is "
    "one, the person on call looks at the mean length each morning, because that moved first. "
    "Nobody is to blame: our contract simply never mentioned sentences without any context."
)
DECIDED = (
    "I kept it, because shouting readers are rare but loud, and a gate that ignores them would let "
    "somebody ship a worse answer to exactly the people who complain on the telephone."
)


def copied(project: Project, folder: Path) -> Project:
    """A copy with its history, which uses the environment of the original."""
    leave = [name for name in MADE_BY_TOOLS if name != ".git"]
    return projects.copied(project, folder, leave)


def run(project: Project, *arguments: str) -> None:
    """A command of the copy's own code."""
    source = {"PYTHONPATH": str(project.folder / "src")}
    finished = project.call("python", "-m", project.package, *arguments, **source)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def answers_of(project: Project, version: int, right: bool) -> list[int]:
    """Rows that a version answers right, or wrong."""
    script = (
        "import sys, pyarrow.parquet as pq\n"
        "rows = pq.read_table(sys.argv[1]).to_pandas()\n"
        "print(rows.index[(rows.prediction == rows.label) == bool(int(sys.argv[2]))].tolist())\n"
    )
    place = f"champion/v{version}.reference.parquet"
    finished = project.call("python", "-c", script, place, str(int(right)))
    rows: list[int] = json.loads(finished.stdout)
    return rows


def errors_page(project: Project, right: bool, reasons: tuple[str, ...] = REASONS) -> None:
    rows = answers_of(project, 1, right)
    lines = ["# Wrong answers of version 1", ""]
    for number, reason in zip(rows, reasons, strict=False):
        lines.append(f"- Row {number}: {reason}")
    write(project.folder / "docs/errors.md", "\n".join([*lines, "", COMMON, ""]))


def explain_wrong_answers(project: Project) -> None:
    errors_page(project, right=False)


def explain_right_answers(project: Project) -> None:
    errors_page(project, right=True)


def explain_all_alike(project: Project) -> None:
    errors_page(project, right=False, reasons=(REASONS[0],) * 5)


def copy_the_decisions(project: Project) -> None:
    rows = answers_of(project, 1, right=False)[:5]
    text = project.text("docs/decisions.md").split("\n\n")
    lines = [f"Row {row}: {text[3 + at]}" for at, row in enumerate(rows)]
    write(project.folder / "docs/errors.md", "\n\n".join(["# Version 1", *lines]))


def refuse_what_has_no_letter(project: Project) -> None:
    edit(project.source / "schema.py", r'pattern=r"\S"', r'pattern=r"[^\W\d_]"')
    add_request(project, '{"text": "10/10 !!!"}')
    old = '"empty text": raw["text"].map(clean_text) == "",'
    new = '"no letter": ~raw["text"].map(clean_text).str.contains(r"[^\\W\\d_]"),'
    edit(project.source / "source.py", old, new)


def add_request(project: Project, request: str) -> None:
    place = project.folder / "tests/examples.py"
    edit(place, "INVALID = [", f'INVALID = [\n    ({request}, "text", "match pattern"),')


def add_a_request_that_was_refused(project: Project) -> None:
    name_a_rule(project.source / "schema.py")
    add_request(project, '{"text": "\\t "}')


def refuse_the_data(project: Project) -> None:
    edit(project.source / "schema.py", r'pattern=r"\S"', r'pattern=r"^[^\W\d_]{3}"')
    add_request(project, '{"text": "10/10 !!!"}')


def name_a_rule(schema: Path) -> None:
    append(schema, "\n\nSTRICT = True\n")


def name_a_rule_in_a_comment(project: Project) -> None:
    append(project.source / "schema.py", "# Refuses texts without a letter.\n")
    add_request(project, '{"text": "10/10 !!!"}')


SHOUTING = 'reviews["text"].str.contains("!").map({True: "yes", False: "no"})'


def add_slice(project: Project, column: str, values: str) -> None:
    old = '{"source": reviews["source"], "length": length}'
    new = f'{{"source": reviews["source"], "length": length, "{column}": {values}}}'
    edit(project.source / "features.py", old, new)


def score_of(project: Project, column: str) -> float:
    """The score of a slice on the champion's reference."""
    script = (
        "import sys, importlib\n"
        "module = lambda name: importlib.import_module(sys.argv[1] + '.' + name)\n"
        "data, evaluation, features = map(module, ('data', 'evaluation', 'features'))\n"
        "rows = data.reference(module('bundle').serving())\n"
        "slices = features.slices(rows)[[sys.argv[2]]]\n"
        "scores = evaluation.weakest(rows, slices)\n"
        "print(next(iter(scores.values()))['value'])\n"
    )
    source = {"PYTHONPATH": str(project.folder / "src")}
    finished = project.call("python", "-c", script, project.package, column, **source)
    return float(finished.stdout)


def decide(project: Project, text: str) -> None:
    append(project.folder / "docs/decisions.md", f"\n### {text}\n\n{DECIDED}\n")


def add_a_slice(project: Project) -> None:
    add_slice(project, "shouting", SHOUTING)
    decide(project, f"Shouting: {score_of(project, 'shouting'):.3f}")


def add_a_slice_with_a_figure_of_fancy(project: Project) -> None:
    add_slice(project, "shouting", SHOUTING)
    decide(project, "Shouting: 0.123")


def rename_a_slice(project: Project) -> None:
    add_slice(project, "site", 'reviews["source"].str.upper()')
    decide(project, f"Site: {score_of(project, 'site'):.3f}")


def roll_back(project: Project) -> None:
    run(project, "rollback")
    day = project.history()[-1]["time"][:10]
    text = f"# Back\n\nOn {day} we went from version 2 to version 1.\n\n{ROLLBACK}\n"
    write(project.folder / "docs/rollback.md", text)


def only_write_of_a_rollback(project: Project) -> None:
    text = f"# Back\n\nOn 2026-11-28 we went from version 2 to version 1.\n\n{ROLLBACK}\n"
    write(project.folder / "docs/rollback.md", text)


def roll_back_without_a_word(project: Project) -> None:
    run(project, "rollback")
    page = f"Version 1, version 2, {project.history()[-1]['time'][:10]}. " * 20
    write(project.folder / "docs/rollback.md", page)


def alarm_of(project: Project) -> dict[str, Any]:
    return next(entry for entry in project.decisions() if entry["status"] != "healthy")


def post_mortem(project: Project, figures: str) -> None:
    version = alarm_of(project)["model_version"]
    day = alarm_of(project)["time"][:10]
    text = (
        f"# Alarm of {day}\n\n## What happened\n\n{HAPPENED} Version {version}: {figures}\n\n"
        f"## The cause\n\n{CAUSE}\n\n## What changed then\n\n{CHANGED}\n\n## Next time\n\n{LATER}\n"
    )
    write(project.folder / "docs/postmortem.md", text)


def write_a_post_mortem(project: Project) -> None:
    alarm = alarm_of(project)
    quality, drift = alarm["quality"], alarm["drift"]
    post_mortem(
        project, f"{100 * quality['value']:.1f} % right, length moved by {drift['length']:.2f}."
    )


def invent_a_figure(project: Project) -> None:
    alarm = alarm_of(project)
    drift = alarm["drift"]
    post_mortem(project, f"{drift['text']:.3f}, {drift['length']:.2f}, and 0.4567 of the readers.")


def name_no_figure(project: Project) -> None:
    post_mortem(project, "much worse than before.")


def leave_out_the_cause(project: Project) -> None:
    write_a_post_mortem(project)
    edit(project.folder / "docs/postmortem.md", CAUSE, "Unknown.")


FEATURE = 'return [*words, *map(" ".join, pairwise(words))]'
OWN_TEST = """

def test_a_text_that_ends_loudly_has_a_mark_for_it() -> None:
    assert "<loud>" in ngrams("What a film!!!")
    assert "<loud>" not in ngrams("What a film.")
"""


def add_a_feature(project: Project) -> None:
    marked = FEATURE.replace("return [", 'return [*["<loud>"] * text.rstrip().endswith("!!"), ')
    edit(project.source / "predictor.py", FEATURE, marked)
    append(project.folder / "tests/test_model.py", OWN_TEST)


def test_nothing(project: Project) -> None:
    marked = FEATURE.replace("return [", 'return [*["<loud>"] * text.rstrip().endswith("!!"), ')
    edit(project.source / "predictor.py", FEATURE, marked)
    empty = "\n\ndef test_the_feature() -> None:\n    pass\n"
    append(project.folder / "tests/test_model.py", empty)


def only_comment(project: Project) -> None:
    append(project.source / "features.py", "# A feature of my own.\n")
    append(project.folder / "tests/test_model.py", OWN_TEST)


def rename_a_function(project: Project) -> None:
    edit(project.source / "features.py", "tfidf = TfidfVectorizer(", "terms = TfidfVectorizer(")
    edit(project.source / "features.py", '("tfidf", tfidf, "text")', '("tfidf", terms, "text")')
    text = "\n\ndef test_terms() -> None:\n    assert features.preprocessor()\n"
    append(project.folder / "tests/test_model.py", text)


def forget_the_service(project: Project) -> None:
    """The pipeline lowers its frequencies, the export doesn't know."""
    edit(project.source / "features.py", "sublinear_tf=True", "sublinear_tf=False")
    text = (
        "\n\ndef test_counts_count() -> None:\n"
        "    assert not features.preprocessor().transformers[0][1].sublinear_tf\n"
    )
    append(project.folder / "tests/test_model.py", text)


CANDIDATES = '    return {\n        "logistic regression": (regression,'
SLOW_DESCENT = '        "stochastic descent": (descent, {"alpha": [1e-5, 1e-4]}),\n'


def add_candidate(project: Project, line: str, imports: str) -> None:
    model = project.source / "model.py"
    edit(model, "import LogisticRegression\n", f"import LogisticRegression, {imports}\n")
    descent = '    descent = SGDClassifier(loss="log_loss", random_state=0)\n'
    edit(model, CANDIDATES, f"{descent}{CANDIDATES}")
    edit(model, '    return {\n        "logistic', f'    return {{\n{line}        "logistic')


def cross_validated(project: Project, name: str) -> str:
    """A score of the candidate, as `train` printed it."""
    finished = project.call(
        "python", "-m", project.package, "train", PYTHONPATH=str(project.folder / "src")
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    lines = [line for line in finished.stdout.splitlines() if f"candidate {name}" in line]
    return str(lines[0].rpartition(" ")[2])


def add_a_candidate(project: Project) -> None:
    add_candidate(project, SLOW_DESCENT, "SGDClassifier")
    score = cross_validated(project, "stochastic descent")
    decide(project, f"Stochastic descent: {score}")


def add_a_candidate_that_was_not_trained(project: Project) -> None:
    add_candidate(project, SLOW_DESCENT, "SGDClassifier")
    decide(project, "Stochastic descent: 0.871")


def rename_a_candidate(project: Project) -> None:
    model = project.source / "model.py"
    edit(model, '"logistic regression": (', '"maximum entropy": (')
    decide(project, "Maximum entropy: 0.871")


def add_prefect(project: Project) -> int:
    """Adds it with the tool; gives back the lines of Python that it brought."""
    command = [sys.executable, "-m", "scaffold", "add", "prefect"]
    subprocess.run(command, cwd=project.folder, check=True, capture_output=True)
    changes = project.git("diff", "--numstat", "HEAD^", "HEAD", "--", "*.py")
    return sum(int(line.split()[0]) for line in changes.splitlines())


def say_what_an_add_on_costs(project: Project) -> None:
    lines = add_prefect(project)
    decide(project, f"Prefect\n\nThe tool added {lines} lines of Python.")


def say_another_number_of_lines(project: Project) -> None:
    lines = add_prefect(project)
    decide(project, f"Prefect\n\nThe tool added {lines + 1} lines of Python.")


def add_it_without_a_word(project: Project) -> None:
    add_prefect(project)


def claim_an_add_on(project: Project) -> None:
    decide(project, "Prefect, 98 lines")


SOLUTIONS: dict[int, Work] = {
    1: explain_wrong_answers,
    2: refuse_what_has_no_letter,
    3: add_a_slice,
    4: roll_back,
    5: write_a_post_mortem,
    6: add_a_feature,
    7: add_a_candidate,
    9: say_what_an_add_on_costs,
}
PRETENCES: dict[int, list[Work]] = {
    1: [explain_right_answers, explain_all_alike, copy_the_decisions],
    2: [add_a_request_that_was_refused, refuse_the_data, name_a_rule_in_a_comment],
    3: [add_a_slice_with_a_figure_of_fancy, rename_a_slice],
    4: [only_write_of_a_rollback, roll_back_without_a_word],
    5: [invent_a_figure, name_no_figure, leave_out_the_cause],
    6: [test_nothing, only_comment, rename_a_function, forget_the_service],
    7: [add_a_candidate_that_was_not_trained, rename_a_candidate],
    9: [say_another_number_of_lines, add_it_without_a_word, claim_an_add_on],
}
