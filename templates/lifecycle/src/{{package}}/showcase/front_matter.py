"""What machines read: the measured part of the model card's front matter, and of the citation. Both are YAML."""

import json
import re
from typing import Any

from ..source import NAME, TASK

COMMIT = re.compile(r"[0-9a-f]{7,40}")


def front_matter(results: dict[str, Any]) -> str:
    """The metrics of the version that serves, as the Hugging Face Hub reads them; JSON is YAML, and needs no library.

    https://huggingface.co/docs/hub/model-cards#model-card-metadata
    """
    measures = {name: value for name, value in (results["champion"]["measures"] or {}).items() if value is not None}
    if not measures:
        return "# no metrics of this version are on record"
    score, decisive = results["champion"]["score"], results["metric"]["name"]
    interval = f"{decisive}, 95 % interval {score['low']:.3f} to {score['high']:.3f}"
    dataset = {"type": TASK.split("-")[0], "name": NAME, "split": results["champion"]["rows_from"]}
    metrics = [
        {"type": name.lower(), "name": interval if name == decisive else name, "value": value}
        for name, value in measures.items()
    ]
    return "\n".join(
        [
            f"metrics: {json.dumps([name.lower() for name in measures])}",
            "model-index:",
            f"- name: {json.dumps(results['name'])}",
            "  results:",
            f"  - task: {json.dumps({'type': TASK})}",
            f"    dataset: {json.dumps(dataset, ensure_ascii=False)}",
            "    metrics:",
            *[f"    - {json.dumps(metric, ensure_ascii=False)}" for metric in metrics],
        ]
    )


def citation(results: dict[str, Any]) -> str:
    """What is cited: the package's version, the day since which the champion serves, its commit if that is known."""
    lines = [f"date-released: {results['champion']['since'][:10]}"]
    if results["version"]:
        lines.insert(0, f"version: {json.dumps(results['version'])}")
    if COMMIT.fullmatch(results["champion"]["code"] or ""):
        lines.append(f"commit: {json.dumps(results['champion']['code'])}")
    return "\n".join(lines)
