"""Says that retraining is advised where people read it: once for an alarm, at a webhook or as an issue on GitHub."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from .. import record
from ..config import COMMAND, LOOPBACK

log = logging.getLogger(__name__)
SENT = "alerts.jsonl"
ISSUES = re.compile(r"/repos/[^/]+/[^/]+/issues/?$")  # of GitHub's API, or that of a GitHub Enterprise server
SECONDS = 10


@dataclass(frozen=True)
class Receiver:
    """Where alerts go. Both are secrets: whoever knows a webhook's address can write there."""

    url: httpx.URL
    token: str | None


class NotDelivered(Exception):
    """Why nobody took the alert, in words that name no secret."""


def alert(folder: Path, webhook: SecretStr | None, token: SecretStr | None) -> None:
    """Send the latest decision on record if it is an alarm that was not sent yet, and record that it was.

    What fails is one line in the log, and is tried again with the next decision: monitoring goes on without it.
    """
    decisions, sent = record.read(folder / record.DECISIONS), record.read(folder / SENT)
    questions = unsent(decisions, sent)
    if not webhook or questions is None:
        return
    decision = decisions[-1]
    try:
        receiver = _receiver(webhook, token)
        _send(receiver, decision, questions)
    except NotDelivered as error:
        log.info("alert not delivered: %s. It is tried again with the next decision; see ALERT_WEBHOOK", error)
        return
    entry = {key: decision[key] for key in ("time", "model_version", "report")}
    record.append(folder / SENT, {**entry, "questions": questions, "to": receiver.url.host})
    log.info("alert sent to %s", receiver.url.host)


def unsent(decisions: list[dict[str, Any]], sent: list[dict[str, Any]]) -> list[str] | None:
    """The questions that are answered by "changed", if anybody has yet to hear of one; None if nobody has.

    An alarm goes on while the same version's decisions are alarms. Decisions are told apart by their reports, since
    a clock may jump.
    """
    if not decisions or decisions[-1]["status"] != record.RETRAIN:
        return None
    alarm: set[str] = set()
    for decision in reversed(decisions):
        if (decision["status"], decision["model_version"]) != (record.RETRAIN, decisions[-1]["model_version"]):
            break
        alarm.add(decision["report"])
    heard = [entry["questions"] for entry in sent if entry["report"] in alarm]
    asked = decisions[-1].get("questions", {})
    changed = [name for name, question in asked.items() if question["answer"] == "changed"]
    return changed if not heard or set(changed) - {name for names in heard for name in names} else None


def _receiver(webhook: SecretStr, token: SecretStr | None) -> Receiver:
    try:
        url = httpx.URL(webhook.get_secret_value())
    except httpx.InvalidURL:
        raise NotDelivered("ALERT_WEBHOOK is no address") from None
    return Receiver(url, token.get_secret_value() if token else None)


def _send(receiver: Receiver, decision: dict[str, Any], questions: list[str]) -> None:
    title = f"{COMMAND}: {record.RETRAIN} for version {decision['model_version']} ({', '.join(questions) or 'drift'})"
    proxied = receiver.url.host not in LOOPBACK  # a company's proxy knows nothing of this machine
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log whole addresses
    with httpx.Client(timeout=SECONDS, trust_env=proxied) as client:
        if not ISSUES.search(receiver.url.path):
            described = {key: decision[key] for key in ("status", "model_version", "reasons", "time")}
            text = " ".join(f"{title}: {'; '.join(decision['reasons'])}".split())
            _ask(client, "POST", receiver.url, json={"text": text, **described})
            return
        client.headers["Accept"] = "application/vnd.github+json"
        if receiver.token:
            client.headers["Authorization"] = f"Bearer {receiver.token}"
        if title not in _open_issues(client, receiver.url):
            reasons = "\n".join(f"- {reason}" for reason in decision["reasons"])
            body = f"{reasons}\n\nDecided at {decision['time']}. Look: `{COMMAND} status`. Then: `{COMMAND} retrain`"
            _ask(client, "POST", receiver.url, json={"title": title, "body": body})


def _open_issues(client: httpx.Client, url: httpx.URL) -> list[str]:
    """The titles of the hundred latest open issues."""
    response = _ask(client, "GET", url, params={"state": "open", "per_page": 100})
    try:
        return [issue["title"] for issue in response.json()]
    except (ValueError, TypeError, LookupError):
        raise NotDelivered(f"{url.host} answered with no list of issues") from None


def _ask(client: httpx.Client, method: str, url: httpx.URL, **content: Any) -> httpx.Response:
    try:
        response = client.request(method, url, **content)
    except httpx.HTTPError as error:
        raise NotDelivered(f"{url.host or 'no host'} ({type(error).__name__})") from None
    if not response.is_success:
        hint = ", is GITHUB_TOKEN right?" if ISSUES.search(url.path) else ""
        raise NotDelivered(f"{url.host} answered {response.status_code}{hint}")
    return response
