"""Converts a profile to the answers that a project is rendered from, in plain JSON types."""

from scaffold.own_data.card import Own

FORMATS = {"json": "jsonl"}
KEPT = ("dataset", "kind", "task", "rows", "duplicates", "minimum_rows", "digest", "licence")


def own(profile: Own) -> Own:
    """Returns the answers for a profile; answers passed in are returned unchanged."""
    if isinstance(profile["target"], dict):
        return profile
    if profile["kind"] == "pictures":
        return of_pictures(profile)
    columns = []
    for column in profile["columns"]:
        columns.append({key: value for key, value in column.items() if value not in (None, {})})
    read = dict(profile["read"])
    read["format"] = FORMATS.get(read["format"], read["format"])
    answers = {key: profile[key] for key in KEPT}
    labels = profile["labels"]
    for decision in profile["decisions"]:
        if decision["about"] == "metric":
            said = not decision["assumed"]
            answers |= {"metric_said": True} if said else {"metric_why": decision["why"]}
    if labels:
        answers["positive"] = min(profile["counts"], key=profile["counts"].__getitem__)
        answers["rarest"] = min(profile["counts"].values())
    return {
        **answers,
        "file": f"raw/{profile['path']}",
        "read": read,
        "target": target(profile, columns),
        "labels": sorted(set(labels.values())),
        "metric": profile["metric"],
        "drift": profile["drift"],
        "origin": profile["origin"],
        "columns": columns,
    }


def of_pictures(profile: Own) -> Own:
    """The answers for a folder of pictures, which has no columns."""
    labels = profile["labels"]
    renamed = {text: name for text, name in labels.items() if text != name}
    return {
        **{key: profile[key] for key in KEPT},
        "positive": min(profile["counts"], key=profile["counts"].__getitem__),
        "file": f"raw/{profile['path']}",
        "read": {"format": "folders"},
        "target": {"source": "label", "name": "label", "unit": None, "labels": renamed},
        "labels": sorted(set(labels.values())),
        "metric": profile["metric"],
        "drift": profile["drift"],
        "origin": profile["origin"],
        "pictures": profile["pictures"],
        "columns": [],
    }


def target(profile: Own, columns: list[Own]) -> Own:
    """The column to predict; `labels` holds only labels that the project renames."""
    for column in columns:
        if column["source"] == profile["target"]:
            renamed = {text: name for text, name in profile["labels"].items() if text != name}
            unit = column.get("unit")
            return {
                "source": column["source"],
                "name": column["name"],
                "unit": unit,
                "labels": renamed,
            }
    raise ValueError(f"no column {profile['target']!r}")
