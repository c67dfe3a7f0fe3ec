"""What the user says about the data; what is left open is proposed."""

from dataclasses import dataclass

from scaffold.errors import InvalidAnswerError

KINDS = ("table", "text", "pictures")
LEVELS = ("outer", "inner")  # of folders within folders
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
    """The options of `profile`, by their names; None or empty where the user gave none."""

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
        """Raises InvalidAnswerError for a value that no data could make right."""
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
                raise InvalidAnswerError(f"{option} can't be {value!r}. Give one of: {choices}")
        self.separator_character()
        self.new_labels()
        if self.drift != "none":
            self.drift_segment()

    def decimal_mark(self) -> str | None:
        """The decimal mark, which may be given by its name."""
        return None if self.decimal is None else DECIMALS[self.decimal]

    def separator_character(self) -> str | None:
        """The separator, which the shell lets one give by its name, too."""
        if self.separator is None:
            return None
        character = SEPARATORS.get(self.separator.lower(), self.separator)
        if len(character) != 1 or character in '"\r\n':
            names = ", ".join(sorted(set(SEPARATORS) - {"\\t"}))
            raise InvalidAnswerError(
                f"{self.separator!r} is no separator. Give one character, or one of: {names}"
            )
        return character

    def new_labels(self) -> dict[str, str]:
        """What each label is to be called: {'neg': 'negative'} for 'neg=negative'."""
        return dict(pairs(self.labels, "--labels neg=negative,pos=positive"))

    def drift_segment(self) -> tuple[str, str] | None:
        """The column and the value of the segment that is held back."""
        if self.drift is None:
            return None
        return pairs(self.drift, '--drift "Region=North"')[0]


def pairs(text: str | None, example: str) -> list[tuple[str, str]]:
    """The two sides of each 'left=right' in a text that parts them by commas."""
    found = []
    for part in split_pairs(text or ""):
        left, equals, right = part.partition("=")
        if not equals or not left.strip() or not right.strip():
            raise InvalidAnswerError(f"{part!r} isn't of the form a=b. Give for example: {example}")
        found.append((left.strip(), right.strip()))
    return found


def split_pairs(text: str) -> list[str]:
    """Parts at commas; a part without '=' belongs to the one before: 'a=b, c' is one pair."""
    parts: list[str] = []
    for part in text.split(","):
        if parts and "=" not in part:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return [part for part in parts if part.strip()]
