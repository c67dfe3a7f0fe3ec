"""The options about the data; anything not set is proposed."""

from dataclasses import dataclass

from scaffold.errors import InvalidAnswerError

KINDS = ("table", "text", "pictures")
LEVELS = ("outer", "inner")  # of nested folders
TASKS = ("classification", "regression")
METRICS = {
    "classification": ("accuracy", "average_precision", "macro_f1"),
    "regression": ("mape", "mae"),
}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "space": " "}
DECIMALS = {"point": ".", "comma": ",", ".": ".", ",": ","}
DATES = ("day-first", "month-first")


@dataclass(frozen=True)
class Options:
    """The options of `profile`; None or empty if not set."""

    kind: str | None = None
    target: str | None = None
    task: str | None = None
    time: str | None = None
    group: str | None = None
    drift: str | None = None
    leave_out: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    labels: str | None = None
    metric: str | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    dates: str | None = None
    missing: tuple[str, ...] = ()
    header: int | None = None
    sheet: str | None = None
    dataset: str | None = None
    data_licence: str | None = None
    origin: str | None = None

    def check(self) -> None:
        """Raises InvalidAnswerError for a value that is invalid for any data."""
        metrics = [metric for task in METRICS.values() for metric in task]
        for option, value, allowed in (
            ("--kind", self.kind, KINDS),
            ("--task", self.task, TASKS),
            ("--metric", self.metric, metrics),
            ("--decimal", self.decimal, DECIMALS),
            ("--dates", self.dates, DATES),
        ):
            if value is not None and value not in allowed:
                choices = ", ".join(allowed)
                raise InvalidAnswerError(f"{option} can't be {value!r}. Use one of: {choices}")
        self.separator_character()
        self.new_labels()
        if self.drift != "none":
            self.drift_segment()

    def decimal_mark(self) -> str | None:
        """The decimal mark as a character; the option also accepts its name."""
        return None if self.decimal is None else DECIMALS[self.decimal]

    def separator_character(self) -> str | None:
        """The separator as a character; the option also accepts its name, such as comma."""
        if self.separator is None:
            return None
        character = SEPARATORS.get(self.separator.lower(), self.separator)
        if len(character) != 1 or character in '"\r\n':
            names = ", ".join(sorted(set(SEPARATORS) - {"\\t"}))
            raise InvalidAnswerError(
                f"--separator can't be {self.separator!r}. Use one character, or one of: {names}"
            )
        return character

    def new_labels(self) -> dict[str, str]:
        """Maps labels to new names: {'neg': 'negative'} for 'neg=negative'."""
        return dict(pairs(self.labels, "--labels neg=negative,pos=positive"))

    def drift_segment(self) -> tuple[str, str] | None:
        """The column and value of the segment to hold back."""
        if self.drift is None:
            return None
        return pairs(self.drift, '--drift "Region=North"')[0]


def pairs(text: str | None, example: str) -> list[tuple[str, str]]:
    """Parses comma-separated 'left=right' pairs."""
    found = []
    for part in split_pairs(text or ""):
        left, equals, right = part.partition("=")
        if not equals or not left.strip() or not right.strip():
            raise InvalidAnswerError(f"{part!r} isn't of the form a=b. Example: {example}")
        found.append((left.strip(), right.strip()))
    return found


def split_pairs(text: str) -> list[str]:
    """Splits at commas; a part without '=' belongs to the previous one: 'a=b, c' is one pair."""
    parts: list[str] = []
    for part in text.split(","):
        if parts and "=" not in part:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return [part for part in parts if part.strip()]
