"""YAML of strangers: plain values alone, little of it repeated and nothing merged: a few lines become gigabytes."""

from itertools import accumulate
from typing import Any

import yaml

MOST_ALIASES = 20  # of aliases of aliases, each doubles the value
LARGEST, DEEPEST = 30_000, 50  # characters, and brackets in brackets: more take PyYAML minutes


def load(text: str) -> Any:
    """The value that the text holds; raises ValueError with the reason, in one line."""
    if len(text) > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} characters")
    if max(accumulate((character in "[{") - (character in "]}") for character in text), default=0) > DEEPEST:
        raise ValueError(f"it has brackets more than {DEEPEST} deep")
    if "<<:" in text.replace(" ", ""):
        raise ValueError("it merges mappings with <<, which GitHub doesn't know either")
    try:
        aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
        if aliases > MOST_ALIASES:
            raise ValueError(f"it repeats values with * more than {MOST_ALIASES} times")
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"{getattr(error, 'problem', None) or type(error).__name__}{place}") from None
