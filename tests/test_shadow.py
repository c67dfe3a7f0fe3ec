"""What a challenger may do to live traffic: answer in shadow or for its share, and disturb nobody."""

import json
import shutil
import sqlite3
import subprocess
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import load as clients
import pytest
from load import Sent, ids, load
from test_serving import Service, activate, flip_a_bit, more, project, remove_a_file, service, until

__all__ = ["project", "service"]  # fixtures
SHADOW = ("--shadow", "challenger")


def offer(service: Service) -> Path:
    """Make a copy of version 2 the challenger, as version 3; gives its folder."""
    champion = service.root / "champion"
    shutil.copytree(champion / "v2", champion / "v3")
    manifest = champion / "v3" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"version": 2', '"version": 3'), "utf-8")
    point(service, 3)
    return champion / "v3"


def point(service: Service, version: int) -> None:
    partial = service.root / "champion" / "challenger.json.partial"
    partial.write_text(json.dumps({"version": version}), "utf-8")
    partial.replace(partial.with_suffix(""))


def shadows(service: Service) -> dict[str, int]:
    """The version that answered in shadow, by prediction id."""
    with closing(sqlite3.connect(service.database)) as database:
        return dict(database.execute("select prediction_id, model_version from shadows").fetchall())


def disturbed(sent: list[Sent]) -> list[Sent]:
    """The requests that were not answered by version 2."""
    return [one for one in sent if one.status != 200 or one.versions != {2}]


@pytest.mark.parametrize("options", [[], ["--workers", "2"]])
def test_in_shadow_the_champion_answers_and_every_answer_is_compared(service: Service, options: list[str]) -> None:
    offer(service)
    service.start(*SHADOW, *options)

    with load(service.url, 8) as sent:
        more(sent, 500)
    until(lambda: shadows(service).keys() >= ids(sent))

    assert disturbed(sent) == []
    assert set(shadows(service).values()) == {3}
    assert service.meter("shadow_dropped_total") == 0
    assert service.health()["shadow"] == 3


def test_a_stop_loses_nothing_that_was_answered_and_compares_it(service: Service) -> None:
    offer(service)
    service.start(*SHADOW, DRAIN_SECONDS="10")

    with load(service.url, 32) as sent:
        more(sent, 500)
        status = service.terminate()

    assert status == 0
    assert ids(sent) == service.logged() == shadows(service).keys()


@pytest.mark.parametrize("options", [SHADOW, ("--split", "10")])
@pytest.mark.parametrize("damage", [flip_a_bit, remove_a_file, shutil.rmtree])
def test_a_damaged_challenger_disturbs_no_answer(
    service: Service, options: tuple[str, str], damage: Callable[[Path], None]
) -> None:
    damage(offer(service))
    service.start(*options)

    with load(service.url, 4) as sent:
        more(sent)
        until(lambda: service.meter("challenger_faults_total") == 1)
        more(sent, 50)
        shutil.rmtree(service.root / "champion" / "v3", ignore_errors=True)
        offer(service)
        until(lambda: service.meter("challenger_version") == 3)
        damage(service.root / "champion" / "v3")
        more(sent, 50)

    assert {one.status for one in sent} == {200}
    assert {version for one in sent for version in one.versions} <= ({2} if options == SHADOW else {2, 3})
    assert "Traceback" not in service.said


def test_a_promotion_ends_the_shadow_and_disturbs_no_answer(service: Service) -> None:
    offer(service)
    service.start(*SHADOW)

    with load(service.url, 8) as sent:
        more(sent, 100)
        activate(service, 3)
        until(lambda: service.health()["model_version"] == 3)
        more(sent, 100)

    assert {one.status for one in sent} == {200}
    assert {version for one in sent for version in one.versions} == {2, 3}
    assert ids([one for one in sent if one.versions == {3}]).isdisjoint(shadows(service))


def test_a_split_gives_a_tenth_to_the_challenger_and_the_same_keys_after_a_restart(service: Service) -> None:
    offer(service)
    keys = [f"user {number}" for number in range(2_000)]
    found = []

    for options in (["--split", "10"], ["--split", "10", "--workers", "2"]):
        service.start(*options)
        found.append({key: answer(service, number, key)["model_version"] for number, key in enumerate(keys)})
        service.terminate()

    share = sum(version == 3 for version in found[0].values()) / len(keys)
    print(f"{share:.1%} of {len(keys)} keys were answered by the challenger")
    assert found[0] == found[1]
    assert 0.07 < share < 0.13


def answer(service: Service, number: int, key: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "X-Request-Key": key}
    body = json.dumps(clients.review(number)).encode()
    request = urllib.request.Request(service.url + "/predict", body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
        return dict(json.load(response))


@pytest.mark.parametrize("options", [SHADOW, ("--split", "50")])
def test_compare_gives_the_lift_of_what_was_served(service: Service, options: tuple[str, str]) -> None:
    offer(service)
    service.start(*options)
    with load(service.url, 8) as sent:
        more(sent, 700)
    service.terminate()  # what waits in shadow is written then
    label(service)

    compared = subprocess.run(
        [service.command[0], "compare", "--json"],
        cwd=service.root,
        env=service.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert compared.returncode == 0, compared.stderr
    [found] = json.loads(compared.stdout)
    assert (found["champion"]["version"], found["challenger"]["version"]) == (2, 3)
    assert found["challenger"]["labelled"] == found["challenger"]["rows"] > 200
    # Of a split, the champion's rows before the challenger's first and after its last are left out.
    assert found["champion"]["labelled"] + found["challenger"]["labelled"] > 0.9 * len(ids(sent))
    assert found["found"]["advice"]


def label(service: Service) -> None:
    """Say of every prediction what turned out to be true: by turns what was answered and the other thing."""
    with closing(sqlite3.connect(service.database)) as database, database:
        database.execute(
            "insert into feedback select id, time, case number % 3 when 0 then '\"negative\"' else '\"positive\"' end,"
            " 'local' from predictions"
        )
