"""Kinds of faults that were found once, each with cases that were not: they must not come back."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from disks import fill, small_disk
from projects import Project, cloned, copied
from services import service_of

SECRET = "hid/den"  # noqa: S105  (some take the slash for the end of the host)
MERGING = b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> main\n"
DAMAGES = [b"", b"5", b"[]", b"{}", b"\xff", b"[" * 100_000, MERGING]


@pytest.fixture(scope="session")
def project(made: Callable[[str], Project]) -> Project:
    return made("sentiment")


def assert_one_line(project: Project, *arguments: str, **environment: str) -> str:
    """The command fails with one line, which it gives back."""
    finished = project.run(*arguments, **environment)
    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert finished.stderr.startswith("error: "), finished.stderr
    assert finished.stderr.count("\n") == 1, finished.stderr
    return str(finished.stderr)


# --- The machine around the project ---


@pytest.mark.parametrize("name", ["PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir"])
def test_the_service_keeps_its_metrics_where_it_wants(
    project: Project, tmp_path: Path, name: str
) -> None:
    with service_of(project, tmp_path / "service") as service:
        service.environment = {**service.environment, name: "/nowhere"}
        service.start()
        assert service.get("/metrics")[0] == 200


@pytest.mark.parametrize(
    "variable",
    [
        "MLFLOW_RUN_ID=0123456789abcdef0123456789abcdef",
        "MLFLOW_EXPERIMENT_ID=99",
        "MLFLOW_EXPERIMENT_NAME=other",
        "MLFLOW_REGISTRY_URI=http://127.0.0.1:9",
    ],
)
def test_a_variable_of_another_mlflow_changes_no_promotion(
    project: Project, tmp_path: Path, variable: str
) -> None:
    copy = copied(project, tmp_path / project.name)
    name, _, value = variable.partition("=")

    finished = copy.run("promote", **{name: value})

    assert finished.returncode == 0, finished.stderr
    assert "is already serving" in finished.stdout


def test_a_setting_that_is_empty_is_as_good_as_none(project: Project, tmp_path: Path) -> None:
    copy = copied(project, tmp_path / project.name)
    before = json.loads(copy.text("data/dataset.json"))
    (copy.folder / ".env").write_text(f"{copy.prefix}SEED=\n", "utf-8")
    empty = copy.settings(own_data="", jobs="", api_keys="", database_url="")

    finished = copy.run("prepare", **empty)

    assert finished.returncode == 0, finished.stderr
    assert json.loads(copy.text("data/dataset.json")) == before


def test_a_registry_that_never_answers_is_given_up(project: Project, tmp_path: Path) -> None:
    """It takes a quarter of a minute twice, not four minutes."""
    copy = copied(project, tmp_path / project.name)
    with silent_server() as server:
        address = address_of(server)
        begun = time.monotonic()
        error = assert_one_line(copy, "promote", MLFLOW_TRACKING_URI=address)
        seconds = time.monotonic() - begun

    assert address in error
    assert seconds < 200  # on a busy machine too


def test_the_owner_decides_how_often_a_registry_is_asked(project: Project, tmp_path: Path) -> None:
    copy = copied(project, tmp_path / project.name)
    own = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3"}
    with silent_server() as server:
        assert_one_line(copy, "promote", MLFLOW_TRACKING_URI=address_of(server), **own)
        server.setblocking(False)
        for _ in range(4):
            server.accept()[0].close()
        with pytest.raises(BlockingIOError):
            server.accept()


@contextmanager
def silent_server() -> Iterator[socket.socket]:
    """A server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


# --- Errors are one line, and say nothing that is secret ---


def test_a_service_that_refuses_a_replay_is_quoted(project: Project, tmp_path: Path) -> None:
    key = "a-key-of-16-letters-or-more"
    with service_of(project, tmp_path / "service") as service:
        service.start(api_keys=key)
        error = assert_one_line(project, "replay", "--url", service.url)
        status, refusal = service.post("/predict/batch", [])

    assert status == 401
    assert error == f"error: /predict/batch failed: {refusal}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        "replay --url http://127.0.0.1:abc",
        "replay --url nothing",
        "replay --url http://[::1",
        "rollback --to 100000000000000000000",
    ],
)
def test_a_value_that_cannot_be_used_is_one_line(project: Project, arguments: str) -> None:
    assert_one_line(project, *arguments.split())


def test_no_project_or_add_on_opens_a_parquet_file_itself() -> None:
    """With a file of Python's, its threads can abort or hang a process that ends soon.

    apache/arrow #34314, #50482; `pd.read_parquet` opens such a file.
    """
    modules = list((ROOT / "templates").rglob("src/**/*.py*"))

    assert len(modules) > 50
    assert [path for path in modules if "read_parquet(" in path.read_text("utf-8")] == []


@pytest.mark.slow
def test_a_command_that_fails_right_after_reading_data_ends_in_order(project: Project) -> None:
    """While pandas opened the files, 4 of 240 aborted."""
    arguments = "replay", "--url", "http://127.0.0.1:abc"
    with ThreadPoolExecutor(4) as threads:
        statuses = threads.map(lambda _: project.run(*arguments).returncode, range(150))

        assert set(statuses) == {1}


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_driver_that_is_not_installed_is_named_with_its_command(
    project: Project, tmp_path: Path, scheme: str
) -> None:
    copy = copied(project, tmp_path / project.name)
    (copy.folder / ".env").write_text(
        f"{copy.prefix}DATABASE_URL={scheme}://127.0.0.1/log\n", "utf-8"
    )
    without = tmp_path / "without"  # comes first, as if nothing was installed under this name
    without.mkdir()
    (without / "psycopg.py").write_text("raise ModuleNotFoundError(\"No module named 'psycopg'\")")

    error = assert_one_line(copy, "monitor", PYTHONPATH=str(without))

    assert "'psycopg'" in error
    assert error.endswith('Run: pip install -e ".[train,postgres]"\n')
    assert "pip install" not in copy.run("status").stderr


@pytest.mark.parametrize("scheme", ["http", "postgresql+nodriver", "nothing"])
def test_a_password_with_a_slash_is_in_no_error(project: Project, scheme: str) -> None:
    address = f"{scheme}://me:{SECRET}@127.0.0.1:1/store"

    error = assert_one_line(project, "promote", MLFLOW_TRACKING_URI=address)

    assert "MLFLOW_TRACKING_URI" in error
    assert "den" not in error


def test_a_first_challenger_that_is_refused_says_what_helps(
    project: Project, tmp_path: Path
) -> None:
    """Promoting it again would end in the same refusal."""
    fresh = cloned(project, tmp_path / project.name)

    finished = fresh.run("run", **fresh.settings(sample_rows=600, folds=2))

    assert finished.returncode == 1
    assert "refused: " in finished.stdout
    assert finished.stderr.count("\n") == 1
    assert finished.stderr.endswith(f"Improve data or model, then: {fresh.name} run\n")
    assert "to resume" not in finished.stdout


# --- A full disk ---


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
def test_a_full_disk_is_named_and_the_command_goes_on_when_there_is_room(
    project: Project, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 120) as disk:
        copy = copied(project, disk / project.name)
        champion = copy.champion()
        reports = written(copy.folder / "reports")
        ballast = fill(disk)

        for arguments in ("prepare", "train", "retrain", "monitor", "report"):
            error = assert_one_line(copy, arguments)
            assert error.endswith(". Low disk space: free some\n")
        status = copy.run("status")
        ballast.unlink()

        assert status.returncode == 0, status.stderr
        assert copy.champion() == champion
        assert written(copy.folder / "reports") == reports
        assert not list(copy.folder.rglob("*.partial"))
        for arguments in ("prepare", "train", "report"):
            finished = copy.run(arguments, **copy.settings(sample_rows=2000, folds=2))
            assert finished.returncode == 0, finished.stderr


# --- Damaged records ---


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_description_of_the_data_is_named_with_the_way_out(
    project: Project, tmp_path: Path, damage: bytes
) -> None:
    copy = copied(project, tmp_path / project.name)
    (copy.folder / "data" / "dataset.json").write_bytes(damage)

    error = assert_one_line(copy, "train")

    assert error.endswith(f"Run: {copy.name} prepare\n")


@pytest.mark.parametrize("damage", [*DAMAGES, b'{"version": 1e400}', b'{"version": "x"}'])
def test_a_damaged_pointer_is_named_and_the_champion_is_restored(
    project: Project, tmp_path: Path, damage: bytes
) -> None:
    copy = copied(project, tmp_path / project.name)
    champion = copy.champion()
    (copy.folder / "champion" / "current.json").write_bytes(damage)

    for command in ("status", "monitor", "rollback"):
        error = assert_one_line(copy, command)
        assert "current.json" in error
        assert error.endswith(f"To restore the champion, run: {copy.name} promote\n")
    assert copy.run("promote").returncode == 0
    assert copy.champion() == champion


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_of_the_results_is_written_again(
    project: Project, tmp_path: Path, damage: bytes
) -> None:
    copy = copied(project, tmp_path / project.name)
    (copy.folder / "docs" / "results.json").write_bytes(damage)

    error = assert_one_line(copy, "report", "--check")

    assert "docs/results.json" in error
    assert error.endswith(f"Run: {copy.name} report\n")
    assert copy.run("report").returncode == 0
    assert copy.run("report", "--check").returncode == 0


@pytest.mark.parametrize("what_is_left", ["nothing", "all but the first"])
def test_a_history_without_its_first_promotion_is_named_with_what_is_left_of_it(
    project: Project, tmp_path: Path, what_is_left: str
) -> None:
    copy = copied(project, tmp_path / project.name)
    history = copy.folder / "champion" / "history.jsonl"
    lines = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(b"".join(lines[1:]) if what_is_left != "nothing" else b"")

    error = assert_one_line(copy, "report")

    assert "history.jsonl lacks the first promotion" in error
    assert "docs/results.json" in error
    recorded = json.loads(copy.text("docs/results.json"))["history"]
    assert recorded[0] == json.loads(lines[0])
    assert copy.run("status").returncode == 0


def test_a_check_of_the_pages_writes_nothing(project: Project, tmp_path: Path) -> None:
    copy = copied(project, tmp_path / project.name)
    before = written(copy.folder)

    assert copy.run("report", "--check").returncode == 0
    assert copy.run("status").returncode == 0

    assert written(copy.folder) == before


def written(folder: Path) -> dict[str, int]:
    """When each file was written last."""
    times = {}
    for path in folder.rglob("*"):
        if ".venv" not in path.parts and "__pycache__" not in path.parts:
            times[path.relative_to(folder).as_posix()] = path.stat().st_mtime_ns
    return times


DIGEST = """
import hashlib, sys
from importlib import import_module
data = import_module(sys.argv[1] + ".data")
content = hashlib.sha256()
for name in data.PARTS:
    content.update(data.read(name).to_csv(index=False).encode())
print(content.hexdigest()[:16])
"""


def test_the_digest_of_the_data_is_that_of_its_rows(project: Project) -> None:
    """A newer pyarrow writes other bytes of the same rows: the champion is still of this data."""
    recorded = json.loads(project.text("data/dataset.json"))["digest"]

    computed = project.call("python", "-c", DIGEST, project.package)

    assert computed.stdout.strip() == recorded, computed.stderr


# --- Names that come from the owner's data ---

PLOT = """
import io, sys
import numpy as np
import pandas as pd
from mine import metrics
rows = pd.DataFrame({"label": sys.argv[1:]})
table = metrics.tabulate(np.eye(len(rows)), sys.argv[1:], rows)
metrics.plot_errors(table).savefig(io.BytesIO())
"""


def test_a_label_with_dollars_is_no_formula(project: Project, tmp_path: Path) -> None:
    rows = ["Comment,Mood"]
    for number in range(400):
        label = ("US$ up", "$x_$^")[number % 2]
        rows.append(f"a text {number} of {number * 7} words,{label}")
    (tmp_path / "moods.csv").write_text("\n".join(rows), "utf-8")
    command = [sys.executable, "-m", "scaffold", "new", "mine", "--data", "moods.csv", "--no-git"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    labels = ["US$ up", "$x_$^", "$\\frac$", "a|b\r\n\x1b[31m"]
    source = str(tmp_path / "mine" / "src")
    drawn = project.call("python", "-c", PLOT, *labels, PYTHONPATH=source)

    assert drawn.returncode == 0, drawn.stderr


# --- The registry, the pointer and the log disagree ---


def test_a_rollback_finishes_a_promotion_that_was_interrupted(
    project: Project, tmp_path: Path
) -> None:
    copy = copied(project, tmp_path / project.name)
    assert forget_latest(copy)["event"] == "promoted"

    finished = copy.run("rollback")

    assert finished.returncode == 0, finished.stderr
    assert [entry["event"] for entry in copy.history()[-2:]] == ["promoted", "rolled back"]


def test_a_promotion_on_another_machine_is_not_undone(project: Project, tmp_path: Path) -> None:
    """A registry that is shared: a copy with its history before the latest promotion."""
    copy = copied(project, tmp_path / project.name)
    latest = forget_latest(copy)
    pointer = copy.folder / "champion" / "current.json"
    pointer.write_text(json.dumps({"version": latest["champion"]}), "utf-8")

    error = assert_one_line(copy, "train")
    shutil.rmtree(pointer.parent)
    restored = copy.run("promote")

    assert f"Version {latest['version']} was promoted elsewhere" in error
    assert restored.returncode == 0, restored.stderr
    assert json.loads(pointer.read_text("utf-8")) == {"version": latest["version"]}


def forget_latest(project: Project) -> dict[str, Any]:
    """Takes the latest entry from the champion's history, and gives it back."""
    history = project.folder / "champion" / "history.jsonl"
    *earlier, latest = history.read_text("utf-8").splitlines(keepends=True)
    history.write_text("".join(earlier), "utf-8")
    return dict(json.loads(latest))


def test_a_log_that_was_deleted_is_begun_again(project: Project, tmp_path: Path) -> None:
    with service_of(project, tmp_path / "service") as service:
        service.start()
        assert service.post("/predict", {"text": "A warm film."})[0] == 200
        for path in service.root.glob("predictions.db*"):
            path.unlink()
        status, text = service.post("/predict", {"text": "A warm film."})

        assert status == 200, text
        assert service.logged() == {json.loads(text)["id"]}
