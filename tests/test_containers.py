"""The image of each template: built, asked, rolled, killed and stopped by a container engine."""

import base64
import json
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from checks import CHECKS, TEMPLATES
from containers import (
    KEY,
    Container,
    container_of,
    find_engine,
    image_of,
    megabytes,
    mount_champion,
)
from load import JSON, Message, ids, load
from projects import Project, copied
from services import form, service_of, until

CLIENTS = 16
KILLS = 3
HEALTH_SECONDS = 180  # the first check comes after 30
STOP_SECONDS = 30  # the Dockerfile's head allows 40
APP = "10001"  # the user in the image
CHEAPEST, *OTHERS = TEMPLATES
Answer = dict[str, Any]


@pytest.mark.parametrize(
    "template", [CHEAPEST, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_an_image_serves_as_documented_and_loses_no_answer(
    made: Callable[[str], Project], tmp_path: Path, template: str
) -> None:
    engine = find_engine(tmp_path, "docker", "podman")
    project = copied(made(template), tmp_path / made(template).name)
    for path in (project.folder / "champion").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)  # as with a umask of 077
    requests, content_type = requests_of(project)
    with service_of(project, tmp_path / "here") as service:
        service.start()
        expected = answers(service, requests, content_type)

    with (
        image_of(project, engine) as image,
        container_of(project, engine, image, tmp_path / "container") as container,
    ):
        size = megabytes(engine, image)
        print(f"{template}: the image has {size} MB on top of its base")
        container.start()
        assert answers(container, requests, content_type) == expected
        assert container.send(*requests[0], Authorization="Bearer no")[0] == 401
        assert_confined(container)
        if Path(engine.path).name == "docker":  # Podman's format of images has no health checks
            until(lambda: container.state("Health.Status") == "healthy", HEALTH_SECONDS)
        container.stop()

        mount_champion(container, project)
        container.start()
        messages = cycle(requests)
        headers = [f"Content-Type: {content_type}", f"Authorization: Bearer {KEY}"]
        with load(container.url, CLIENTS, lambda: next(messages), headers) as sent:
            assert_rolled(container, requests[0], content_type)
            for _ in range(KILLS):
                answered = len(ids(list(sent)))
                until(lambda: len(ids(list(sent))) > answered + 20)  # noqa: B023
                container.kill()
                container.start()
            until(lambda: sent[-1].status == 200)
            begun = time.monotonic()
            status = container.terminate()
            seconds = time.monotonic() - begun

        lost = ids(sent) - container.logged()
        killed = [request for request in sent if request.outcome in ("closed", "cut")]

    print(f"{len(ids(sent))} answers, {len(killed)} connections cut, stopped in {seconds:.1f} s")
    assert not lost
    assert killed
    assert {request.status for request in sent} <= {200, 503, 0}
    assert status == 0
    assert seconds < STOP_SECONDS
    assert size <= CHECKS[template].image


def requests_of(project: Project) -> tuple[list[Message], str]:
    """Requests for the examples of the project's champion, and their media type."""
    place = f"champion/v{project.champion()}/manifest.json"
    messages, content_type = [], JSON.removeprefix("Content-Type: ")
    for example in json.loads(project.text(place))["examples"]:
        record = example["request"]
        body = json.dumps(record).encode()
        if project.card["kind"] == "pictures":
            content_type, body = form(base64.b64decode(record["image"]))
        messages.append(("/predict", body))
    return messages, content_type


def answers(service: Any, requests: list[Message], content_type: str) -> list[Answer]:
    """What is answered, without the ids, which are new each time."""
    found = []
    for path, body in requests:
        status, text = service.send(path, body, **{"Content-Type": content_type})
        assert status == 200, text
        found.append(json.loads(text) | {"id": None})
    return found


def assert_confined(container: Container) -> None:
    """Neither root nor any right, and nothing to write on but the log and /tmp."""
    status = container.inside("cat", "/proc/1/status").splitlines()
    facts = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert facts["Uid"].split() == [APP] * 4
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd"):
        assert int(facts[name], 16) == 0, name
    for place, writable in {"/app": False, "/venv": False, "/app/log": True, "/tmp": True}.items():  # noqa: S108
        touched = container.inside(
            "sh", "-c", f"touch {place}/probe && rm {place}/probe && echo ok"
        )
        assert (touched == "ok") == writable, place


def assert_rolled(container: Container, message: Message, content_type: str) -> None:
    """Another champion is served, and the former one again; nothing is started anew."""
    first = container.health()["model_version"]
    for version in (99, first):
        container.activate(version)
        until(lambda: container.health()["model_version"] == version)  # noqa: B023
        (answer,) = answers(container, [message], content_type)
        assert answer["model_version"] == version
