"""The API's documentation as a page without a script, from the document that the service gives at /openapi.json."""

from html import escape
from typing import Any

from .site_frame import table

ASKED_FIRST = "POST /predict"
METHODS = ("get", "post", "put", "patch", "delete")
LIMITS = {"minimum": "from", "maximum": "to", "minLength": "length from", "maxLength": "length to"}
Json = dict[str, Any]


def api(document: Json, asked: str) -> str:
    """The page below its navigation; `asked` is the README's section with requests to try."""
    operations = [
        (f"{method.upper()} {path}", item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    operations.sort(key=lambda one: (not one[0].startswith("POST"), one[0] != ASKED_FIRST))
    listed = "\n".join(_operation(name, one, document) for name, one in operations)
    return f"""<h1>The API</h1>
<p>A running service shows the same at <code>/docs</code>, where requests can be sent. As a file:
<a href="openapi.json">openapi.json</a>.</p>
<h2>Ask it</h2>
{asked}
{listed}
<h2>How it says no</h2>
{_refusals([one for _, one in operations])}"""


def _operation(name: str, operation: Json, document: Json) -> str:
    bodies = operation.get("requestBody", {}).get("content", {})
    good = {status: answer for status, answer in operation["responses"].items() if status.startswith(("2", "3"))}
    answers = [(kind, one.get("schema", {})) for one in good.values() for kind, one in one.get("content", {}).items()]
    parts = [_fields(f"Sent as {kind}", one.get("schema", {}), document) for kind, one in bodies.items()]
    parts += [_fields(f"Answered as {kind}", schema, document) for kind, schema in answers]
    described = escape(operation.get("description", ""))
    return f"<h2><code>{escape(name)}</code></h2>\n<p>{described}</p>\n{''.join(parts)}"


def _fields(caption: str, schema: Json, document: Json) -> str:
    """The fields of one object; a schema that says less becomes a line."""
    one, several = _single(schema, document)
    rows = [
        [field, _type(about, document), about.get("description", ""), _example(about)]
        for field, about in one.get("properties", {}).items()
    ]
    if not rows:
        return f"<p>{escape(caption)}.</p>\n"
    return table(caption + several, ["field", "type", "meaning", "example"], rows)


def _single(schema: Json, document: Json) -> tuple[Json, str]:
    """The schema of one object, and in words that a list of them is taken too."""
    schema = _resolved(schema, document)
    choices = [_resolved(one, document) for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    lists = [one for one in choices if one.get("type") == "array"]
    objects = [one for one in choices if "properties" in one]
    most = f" of up to {lists[0]['maxItems']}" if lists and "maxItems" in lists[0] else ""
    return (objects[0], f"; or a list{most}" if lists else "") if objects else (schema, "")


def _type(schema: Json, document: Json) -> str:
    schema = _resolved(schema, document)
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "items" in schema:
        return f"list of {_type(schema['items'], document)}"
    limits = ", ".join(f"{word} {_plain(schema[name])}" for name, word in LIMITS.items() if name in schema)
    kinds = [_type(one, document) for one in schema.get("anyOf", ())]
    kind = schema.get("format") or schema.get("type") or " or ".join(kinds)
    return f"{kind}, {limits}" if limits else str(kind)


def _plain(limit: float) -> str:
    return f"{int(limit):,}" if limit == int(limit) else f"{limit}"


def _example(schema: Json) -> str:
    return "; ".join(map(str, schema.get("examples", ())))


def _resolved(schema: Json, document: Json) -> Json:
    """The schema that a reference leads to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["schemas"][name]) if name else schema


def _refusals(operations: list[Json]) -> str:
    """Every status of an error, once."""
    said = {
        status: answer["description"]
        for operation in operations
        for status, answer in operation["responses"].items()
        if status.startswith(("4", "5"))
    }
    return table("Statuses, with a body of application/problem+json", ["status", "reason"], sorted(said.items()))
