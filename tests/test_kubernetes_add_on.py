"""The add-on `kubernetes`: rendered by kubectl, checked by schemas and policy, run by podman."""

import base64
import json
import os
import secrets
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from checks import TEMPLATES
from conftest import SCRIPTS, Installed
from containers import Engine, find_engine
from projects import Project, copied
from servers import answers, free_port
from services import until
from sharing import once

from scaffold import catalog

VERSIONS = ("1.35", "1.36", "1.37")
OVERLAYS = ("local", "cloud", "canary")
NOT_KUBERNETES = {"Gateway", "HTTPRoute"}  # definitions of the Gateway API
KEY = "a-key-for-the-pod"
Objects = list[dict[str, Any]]


@pytest.fixture(params=TEMPLATES)
def project(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """The folder of a project with the add-on; nothing has run."""
    template = request.param
    name = catalog.find(template).card["name"]

    def render(folder: Path) -> None:
        finished = installed.run(
            "new", template, name, "--no-git", "--add", "kubernetes", cwd=folder
        )
        assert finished.returncode == 0, finished.stderr

    return once(tmp_path_factory, f"{template} with kubernetes", render) / name


def program(name: str) -> str:
    """The path of an installed program; skips the test where there is none."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def kustomize(project: Path, overlay: str) -> Objects:
    """What kubectl would send to a cluster."""
    command = [program("kubectl"), "kustomize", f"k8s/{overlay}"]
    finished = subprocess.run(
        command, cwd=project, capture_output=True, encoding="utf-8", check=False
    )
    assert finished.returncode == 0, finished.stderr
    return list(yaml.safe_load_all(finished.stdout))


def of_kind(objects: Objects, kind: str) -> Objects:
    return [item for item in objects if item["kind"] == kind]


def pods(objects: Objects) -> Objects:
    """The templates of all pods."""
    templates = [item["spec"]["template"] for item in of_kind(objects, "Deployment")]
    for item in of_kind(objects, "CronJob"):
        templates.append(item["spec"]["jobTemplate"]["spec"]["template"])
    return templates


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_follows_the_schemas_of_three_versions(project: Path, overlay: str) -> None:
    checked = set()
    for item in kustomize(project, overlay):
        if item["kind"] in NOT_KUBERNETES:
            continue
        for version in VERSIONS:
            kubernetes_validate.validate(item, version, strict=True)
        checked.add(item["kind"])

    assert {"Deployment", "Service", "ConfigMap", "CronJob", "NetworkPolicy"} < checked


def test_a_misspelt_field_does_not_follow_the_schema(project: Path) -> None:
    (deployment,) = of_kind(kustomize(project, "local"), "Deployment")
    deployment["spec"]["replica"] = 1

    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(deployment, VERSIONS[0], strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_keeps_to_the_restricted_standard_and_has_limits(
    project: Path, overlay: str
) -> None:
    """The rules of https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    objects = kustomize(project, overlay)
    (namespace,) = of_kind(objects, "Namespace")
    label = namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]

    assert label == "restricted"
    for template in pods(objects):
        spec = template["spec"]
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(spec)
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        for volume in spec["volumes"]:
            assert set(volume) - {"name"} <= {"emptyDir", "persistentVolumeClaim"}
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context["readOnlyRootFilesystem"] is True
            assert set(container["resources"]["limits"]) == {"cpu", "memory"}
            assert container["image"].rpartition(":")[2].isdigit()
    for item in of_kind(objects, "Deployment"):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} < set(container)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_and_references_have_their_objects(project: Path, overlay: str) -> None:
    objects = kustomize(project, overlay)
    names = {(item["kind"], item["metadata"]["name"]) for item in objects}
    labels = [template["metadata"]["labels"] for template in pods(objects)]
    chosen = []
    for item in of_kind(objects, "Service"):
        selector = item["spec"]["selector"].items()
        chosen.append([found for found in labels if selector <= found.items()])

    assert len(names) == len(objects)
    assert [len(pods_of_service) for pods_of_service in chosen] == [1] * len(chosen)
    for template in pods(objects):
        (container,) = template["spec"]["containers"]
        (settings,) = container["envFrom"]
        assert ("ConfigMap", settings["configMapRef"]["name"]) in names
        for volume in template["spec"]["volumes"]:
            if "persistentVolumeClaim" in volume:
                claim = volume["persistentVolumeClaim"]["claimName"]
                assert ("PersistentVolumeClaim", claim) in names
    for route in of_kind(objects, "HTTPRoute"):
        for backend in route["spec"]["rules"][0]["backendRefs"]:
            assert ("Service", backend["name"]) in names


def test_the_canary_is_one_more_pod_with_another_image(project: Path) -> None:
    cloud, canary = kustomize(project, "cloud"), kustomize(project, "canary")
    before = {(item["kind"], item["metadata"]["name"]) for item in cloud}
    more = [item for item in canary if (item["kind"], item["metadata"]["name"]) not in before]
    images = [item["spec"]["containers"][0]["image"] for item in pods(canary)]

    kinds = ["ConfigMap", "Deployment", "NetworkPolicy", "NetworkPolicy", "Service"]
    assert sorted(item["kind"] for item in more) == kinds
    assert {f"registry.example.com/{project.name}:{tag}" for tag in "12"} < set(images)


@pytest.mark.slow
@pytest.mark.parametrize(("overlay", "retrains"), [("local", False), ("cloud", True)])
def test_the_job_fails_with_the_status_of_an_alarm(
    made: Callable[[str], Project],
    installed: Installed,
    tmp_path: Path,
    overlay: str,
    retrains: bool,
) -> None:
    """Its script runs in the environment of a project whose first champion serves again."""
    program("kubectl")
    app = copied(made("sentiment"), tmp_path / "app" / made("sentiment").name)
    app.run("rollback", "--to", "1")
    finished = installed.run(
        "new", "sentiment", app.name, "--no-git", "--add", "kubernetes", cwd=tmp_path
    )
    assert finished.returncode == 0, finished.stderr
    (job,) = of_kind(kustomize(tmp_path / app.name, overlay), "CronJob")
    (template,) = pods([job])
    (container,) = template["spec"]["containers"]
    (tmp_path / "work").mkdir()
    path = f"{app.folder / '.venv' / SCRIPTS}:{os.environ['PATH']}"

    ended = subprocess.run(
        [*container["command"], container["args"][0].replace("/app/.", f"'{app.folder}/.'")],
        cwd=tmp_path / "work",
        env={**app.environment, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "retraining advised: version 1" in ended.stdout
    assert ("is the challenger" in ended.stdout) == retrains


@dataclass(frozen=True)
class Podman(Engine):
    """Podman with images, a pod, a volume and a secret of the name."""

    name: str = field(kw_only=True)
    port: int = field(kw_only=True)

    @property
    def pod(self) -> str:
        return f"{self.name}-pod-0"

    def keep(self, data: dict[str, str]) -> None:
        """Make the Secret, whose values are base64."""
        if self("--version").startswith("podman version 4.3."):  # writes YAML, and reads JSON
            self("secret", "create", self.name, "-", text=json.dumps(data))
        else:
            about = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": self.name}}
            self("kube", "play", "-", text=yaml.safe_dump(about | {"data": data}))

    def play(self, objects: Objects) -> None:
        """Let a pod of these objects run in place of the one that does."""
        self("pod", "rm", "--force", self.pod, check=False)
        self("kube", "play", "-", text=yaml.safe_dump_all(objects))
        until(lambda: answers(f"http://127.0.0.1:{self.port}/ready"))

    def ask(self, path: str, body: object = None) -> Any:
        """The answer of the pod."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[Podman]:
    """Podman, if it has or gets the base image; nothing of the test stays."""
    engine = find_engine(tmp_path, "podman")
    name = f"pod-{secrets.token_hex(4)}"
    podman = Podman(engine.path, engine.environment, name=name, port=free_port())
    try:
        yield podman
    finally:
        podman("pod", "rm", "--force", podman.pod, check=False)
        podman("volume", "rm", f"{podman.name}-log", check=False)
        podman("secret", "rm", podman.name, check=False)
        for tag in "12":
            podman("rmi", "--force", f"localhost/{podman.name}:{tag}", check=False)


def for_podman(objects: Objects, podman: Podman, tag: int) -> Objects:
    """The Deployment and what it mounts, under the names of the test.

    Without probes: podman runs `curl` in the container for them, which the image has not.
    """
    (deployment,) = of_kind(objects, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        del container[probe]
    container["ports"][0]["hostPort"] = podman.port
    container["image"] = f"localhost/my-reviews:{tag}"
    chosen = [*of_kind(objects, "ConfigMap"), deployment]
    if podman("volume", "ls", "--quiet", "--filter", f"name={podman.name}-log") == "":
        chosen += of_kind(objects, "PersistentVolumeClaim")
    text = yaml.safe_dump_all(chosen).replace("my-reviews", podman.name)
    return list(yaml.safe_load_all(text))


@pytest.mark.slow
def test_a_pod_answers_is_restarted_promoted_and_rolled_back(
    made: Callable[[str], Project], installed: Installed, podman: Podman, tmp_path: Path
) -> None:
    later = made("sentiment")
    earlier = copied(later, tmp_path / "earlier" / later.name)
    earlier.run("rollback", "--to", "1")
    for tag, folder in ((1, earlier.folder), (2, later.folder)):
        image = f"localhost/{podman.name}:{tag}"
        podman("build", "--network", "host", "--quiet", "--tag", image, str(folder))
    podman.keep({"api-keys": base64.b64encode(KEY.encode()).decode()})
    installed.run("new", "sentiment", "my-reviews", "--no-git", "--add", "kubernetes", cwd=tmp_path)
    project = tmp_path / "my-reviews"
    review = {"text": "A dull film."}

    podman.play(for_podman(kustomize(project, "local"), podman, 1))
    first = podman.ask("/predict", review)
    podman("pod", "restart", podman.pod)
    until(lambda: answers(f"http://127.0.0.1:{podman.port}/ready"))
    second = podman.ask("/predict", review)
    podman.play(for_podman(kustomize(project, "local"), podman, 2))
    third = podman.ask("/predict", review)
    podman.play(for_podman(kustomize(project, "local"), podman, 1))
    fourth = podman.ask("/predict", review)

    versions = [item["model_version"] for item in (first, second, third, fourth)]
    assert versions == [1, 1, later.champion(), 1]
    feedback = []
    for item in (first, second, third, fourth):
        feedback.append({"prediction_id": item["id"], "label": "negative"})
    assert podman.ask("/feedback", feedback) == {"accepted": 4}  # no row of the log is lost
    podman("pod", "stop", "--time", "45", podman.pod)
    state = podman("inspect", f"{podman.pod}-api", "--format", "{{.State.ExitCode}}")
    assert state == "0"  # it ended by itself
