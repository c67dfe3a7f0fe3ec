"""YAML of strangers: plain values alone, and no merging, by which a few lines become gigabytes."""

from typing import Any

import yaml

LARGEST = 60_000  # characters


def load(text: str) -> Any:
    """The value that the text holds; raises ValueError with the reason, in one line."""
    if len(text) > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} characters")
    try:
        if any(isinstance(token, yaml.ScalarToken) and token.value == "<<" for token in yaml.scan(text)):
            raise ValueError("it merges mappings with <<, which GitHub doesn't know either")
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"{getattr(error, 'problem', None) or type(error).__name__}{place}") from None
