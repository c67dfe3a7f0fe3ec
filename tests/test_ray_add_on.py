"""The add-on `ray`: any number of nodes gives the same, also if one or the command is killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from conftest import Installed
from projects import Project, copied, made_once
from services import until
from sharing import once

from scaffold import catalog

TEMPLATE = "price-prediction"
FILES, ROWS = 12, 2_000
VERSIONS = ("1.35", "1.36", "1.37")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ray's wheels are in beta there")

# Starts nodes with one processor each; kills one for each line that it reads.
CLUSTER = """
import sys
from ray.cluster_utils import Cluster

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
others = [cluster.add_node(num_cpus=1) for _ in range(int(sys.argv[1]) - 1)]
print(cluster.address, flush=True)
for line in sys.stdin:
    cluster.remove_node(others.pop(), allow_graceful=False)
    print("killed", flush=True)
cluster.shutdown()
"""

INCOMING = """
import sys
from pathlib import Path
import pandas as pd
from {package} import bundle, data, schema, scoring

files, rows = int(sys.argv[1]), int(sys.argv[2])
traffic = data.read("test", "stream")
sample = traffic.sample(files * rows, replace=True, random_state=0, ignore_index=True)
sample.loc[::1000, schema.INPUT[0]] = None  # is refused
predictor = bundle.load(bundle.serving()).predictor
for number in range(files):
    part = sample[number * rows : (number + 1) * rows].assign(row=range(rows))
    for folder in ("incoming/a", "incoming/b", "expected"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    part.to_parquet(f"incoming/{{'ab'[number % 2]}}/{{number:02}}.parquet", index=False)
    answers = scoring.predict_rows(part, predictor)
    version = answers["problem"].isna().map({{True: str(bundle.serving())}})
    answers = answers.assign(model_version=version)
    answers.to_parquet(f"expected/{{number:02}}.parquet", index=False)
"""

SAME = """
import sys
from pathlib import Path
import pandas as pd
import pyarrow.parquet as pq

expected = pq.read_table("expected").to_pandas()
parts = sorted(Path(sys.argv[1]).rglob("[!.]*.parquet"), key=lambda path: path.name)
scored = pd.concat([pq.read_table(part).to_pandas() for part in parts], ignore_index=True)
assert scored["problem"].notna().sum() == expected["problem"].notna().sum() > 0
scored = scored[expected.columns]
pd.testing.assert_frame_equal(scored, expected, check_dtype=False, check_exact=True)
print(len(scored))
"""

DISTANCES = """
import json
from pathlib import Path
import pyarrow.parquet as pq
from {package} import bundle, data, monitoring, ray_cluster, schema, shards

version = bundle.serving()
paths = sorted(Path("expected").absolute().rglob("*.parquet"))
with ray_cluster.connected() as ray:
    distances = shards.monitor(paths, version, ray)
scored = pq.read_table("expected").to_pandas()
scored = scored[scored["problem"].isna()].reset_index(drop=True)
output = scored.rename(columns={{schema.TARGET: "truth", "prediction": schema.TARGET}})
scored["output"] = output.to_dict("records")
reference = data.reference(version)
_, exact = monitoring.compare_columns(scored.drop(columns=schema.TARGET), reference)
print(json.dumps({{name: [*found, exact[name]] for name, found in distances.items()}}))
"""


@pytest.fixture(scope="module")
def finished(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the add-on, whose loop has run, and files to score; no test may change it."""
    card = catalog.find(TEMPLATE).card
    name = card["name"]
    prefix = name.replace("-", "_").upper()
    environment = installed.environment | {
        f"{prefix}_SAMPLE_ROWS": str(card["sample"]),
        f"{prefix}_FOLDS": "4",
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    project = Project(TEMPLATE, Path(name), environment)

    def command(folder: Path) -> list[str]:
        return [str(installed.command), "new", TEMPLATE, name, "--add", "ray", "--run"]

    project = made_once(tmp_path_factory, f"{TEMPLATE} with ray, finished", project, command)

    def fill(_: Path) -> None:
        python(project, INCOMING, str(FILES), str(ROWS))

    once(tmp_path_factory, "files for ray", fill)
    return project


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy to change."""
    return copied(finished, tmp_path / finished.name)


def python(project: Project, code: str, *arguments: str, **environment: str) -> str:
    """What code prints in the project's environment."""
    code = code.format(package=project.package)
    finished = project.call("python", "-c", code, *arguments, **environment)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return str(finished.stdout)


@contextmanager
def cluster(project: Project, nodes: int) -> Iterator[tuple[str, Any]]:
    """The address of a cluster, and what kills one of its nodes."""
    with subprocess.Popen(
        [project.command("python"), "-c", CLUSTER, str(nodes)],
        cwd=project.folder,
        env=project.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        written, read = process.stdin, process.stdout
        assert written
        assert read

        def kill() -> None:
            written.write("kill\n")
            written.flush()
            assert read.readline() == "killed\n"

        yield read.readline().strip(), kill
        written.close()


def searched(project: Project) -> dict[str, set[float]]:
    """The scores of each candidate's settings, of all searches so far."""
    query = """
        select c.value || p.value, m.value from metrics m
        join params c on c.run_uuid = m.run_uuid and c.key = 'candidate'
        join params p on p.run_uuid = m.run_uuid and p.key = 'params'
        where m.key like 'cv_%'
    """
    scores: dict[str, set[float]] = {}
    with sqlite3.connect(project.folder / "mlflow.db") as store:
        for setting, score in store.execute(query):
            scores.setdefault(setting, set()).add(score)
    return scores


def scored(project: Project) -> list[Path]:
    """The files that are there."""
    return sorted((project.folder / "scored").rglob("[!.]*.parquet"))


def start(project: Project, **environment: str) -> "subprocess.Popen[str]":
    """The command that scores, in a group of its own."""
    return subprocess.Popen(
        [project.command(project.name), "ray", "score", "incoming", "scored"],
        cwd=project.folder,
        env={**project.environment, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("nodes", [1, 2, 4])  # with 4 folds
def test_any_number_of_nodes_gives_what_one_process_does(project: Project, nodes: int) -> None:
    before = searched(project)
    with cluster(project, nodes) as (address, _):
        trained = project.run("ray", "train", RAY_ADDRESS=address)
        answered = project.run("ray", "score", "incoming", "scored", RAY_ADDRESS=address)
        found = json.loads(python(project, DISTANCES, RAY_ADDRESS=address))

    assert trained.returncode == 0, trained.stdout + trained.stderr
    assert searched(project) == before
    assert len(before) > 1
    assert answered.returncode == 0, answered.stdout + answered.stderr
    assert python(project, SAME, "scored") == f"{FILES * ROWS}\n"
    for distance, error, exact in found.values():
        assert abs(distance - exact) <= error + 1e-9
        assert error < 0.02
    assert sum(error == 0 for _, error, _ in found.values()) == 1  # the categories


@pytest.mark.slow
def test_a_node_that_is_killed_loses_and_doubles_no_row(project: Project) -> None:
    with cluster(project, 3) as (address, kill), start(project, RAY_ADDRESS=address) as process:
        until(lambda: len(scored(project)) >= 2)
        kill()
        assert len(scored(project)) < FILES
        printed, _ = process.communicate(timeout=300)

    assert process.returncode == 0, printed
    assert python(project, SAME, "scored") == f"{FILES * ROWS}\n"


@pytest.mark.slow
def test_the_command_goes_on_where_it_was_killed(project: Project) -> None:
    with start(project) as process:
        until(lambda: len(scored(project)) >= 2)
        os.killpg(process.pid, signal.SIGKILL)
    before = {path: path.stat().st_mtime_ns for path in scored(project)}

    finished = project.run("ray", "score", "incoming", "scored")

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert f"{FILES - len(before)} files to score" in finished.stdout
    assert python(project, SAME, "scored") == f"{FILES * ROWS}\n"
    assert before.items() <= {path: path.stat().st_mtime_ns for path in scored(project)}.items()
    assert list((project.folder / "scored").rglob(".*")) == []


@pytest.mark.slow
def test_nothing_of_ray_is_imported_unless_it_is_used(project: Project) -> None:
    code = "import sys; from {package} import __main__, api, cli, ray_cluster, training"

    assert python(project, f"{code}; print('ray' in sys.modules)") == "False\n"


@pytest.mark.slow
def test_an_address_without_a_cluster_is_an_error_of_one_line(project: Project) -> None:
    finished = project.run("ray", "score", "incoming", "scored", RAY_ADDRESS="127.0.0.1:9")

    assert finished.returncode == 1
    assert finished.stderr.splitlines()[-1].startswith("error: No cluster at 127.0.0.1:9. Run:")


@pytest.fixture
def manifests(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder k8s of a project with both add-ons."""

    def render(folder: Path) -> None:
        command = ["new", "sentiment", "my-reviews", "--no-git", "--add", "ray,kubernetes"]
        finished = installed.run(*command, cwd=folder)
        assert finished.returncode == 0, finished.stderr

    return once(tmp_path_factory, "sentiment with ray and kubernetes", render) / "my-reviews/k8s"


def test_the_job_is_there_only_beside_kubernetes(
    installed: Installed, manifests: Path, tmp_path: Path
) -> None:
    installed.run("new", "sentiment", "my-reviews", "--no-git", "--add", "ray", cwd=tmp_path)

    assert (manifests / "ray/job.yaml").is_file()
    assert (tmp_path / "my-reviews/docs/ray.md").is_file()
    assert not (tmp_path / "my-reviews/k8s").exists()


def test_the_job_has_the_fields_that_kuberay_documents(manifests: Path) -> None:
    claim, job = yaml.safe_load_all((manifests / "ray/job.yaml").read_text("utf-8"))
    spec, cluster = job["spec"], job["spec"]["rayClusterSpec"]
    (workers,) = cluster["workerGroupSpecs"]

    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert set(spec) == {
        "entrypoint",
        "submissionMode",
        "shutdownAfterJobFinishes",
        "backoffLimit",
        "rayClusterSpec",
    }
    assert set(cluster) == {"rayVersion", "headGroupSpec", "workerGroupSpecs"}
    assert set(cluster["headGroupSpec"]) == {"rayStartParams", "template"}
    counts = {"replicas", "minReplicas", "maxReplicas"}
    assert set(workers) == {"groupName", "rayStartParams", "template"} | counts
    assert f'=={cluster["rayVersion"]}"' in (manifests / "ray/Dockerfile").read_text("utf-8")
    for version in VERSIONS:
        kubernetes_validate.validate(claim, version, strict=True)
        for group in (cluster["headGroupSpec"], workers):
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "node"}}
            kubernetes_validate.validate(pod | group["template"], version, strict=True)


def test_its_pods_may_run_in_the_namespace_of_kubernetes(manifests: Path) -> None:
    """The rules of https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
    claim, job = yaml.safe_load_all((manifests / "ray/job.yaml").read_text("utf-8"))
    groups = job["spec"]["rayClusterSpec"]
    for group in (groups["headGroupSpec"], *groups["workerGroupSpecs"]):
        spec = group["template"]["spec"]
        (container,) = spec["containers"]
        context = container["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}
        names = [volume["persistentVolumeClaim"]["claimName"] for volume in spec["volumes"][:1]]
        assert names == [claim["metadata"]["name"]]
