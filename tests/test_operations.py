"""The project on real servers: PostgreSQL, MLflow and Prometheus, with the files that its `compose.yaml` gives them."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from projects import Project, served
from servers import mlflow_server, postgres, postgres_programs, prometheus, prometheus_program

from scaffold.catalog import find
from scaffold.questions import Answers
from scaffold.rendering import render

KEY = "a-key-for-prometheus"
NOT_COPIED = (".venv", ".git", ".env", "data", "champion", "reports", "archive", "logs", "mlartifacts", "*.db*")
PANELS = (
    "Requests by status",
    "Share of server errors",
    "Time of a prediction",
    "Predictions by model version",
    "Requests waiting and shed",
    "Rows logged and lost",
    "Rows in a commit",
    "Feedback",
)
FIRING = """
rule_files: [rules.yml]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series: [SERIES]
    alert_rule_test: [{eval_time: 10m, alertname: NAME, exp_alerts: EXPECTED}]
"""
BAD = {
    "ServiceDown": ['{series: \'up{job="api"}\', values: "0x40"}'],
    "ServerErrors": [
        '{series: \'requests_total{path="/predict", status="200"}\', values: "0+98x40"}',
        '{series: \'requests_total{path="/predict", status="500"}\', values: "0+2x40"}',
    ],
    "SlowPredictions": [
        '{series: \'predict_seconds_bucket{le="1"}\', values: "0+98x40"}',
        '{series: \'predict_seconds_bucket{le="2.5"}\', values: "0+100x40"}',
        '{series: \'predict_seconds_bucket{le="+Inf"}\', values: "0+100x40"}',
    ],
    "RowsLost": ['{series: rows_lost_total, values: "0x30 3x10"}'],
}
GOOD = {
    "ServiceDown": ['{series: \'up{job="api"}\', values: "1x40"}'],
    "ServerErrors": [series.replace("0+2x", "0+0x") for series in BAD["ServerErrors"]],
    "SlowPredictions": [series.replace("0+98x", "0+100x") for series in BAD["SlowPredictions"]],
    "RowsLost": ['{series: rows_lost_total, values: "0x40"}'],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a project in which nothing has run; those of operations are the same in all templates."""
    folder = tmp_path_factory.mktemp("files")
    answers = Answers(name="my-reviews", author="Ada", description="A project.", licence="MIT")
    render(find("sentiment"), answers, 2026, folder)
    return folder


def test_the_compose_file_follows_its_schema(files: Path) -> None:
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]

    finished = subprocess.run([*schema, files / "compose.yaml"], capture_output=True, encoding="utf-8", check=False)

    assert finished.returncode == 0, finished.stdout


def test_every_file_that_a_service_mounts_is_there(files: Path) -> None:
    for service in compose(files).values():
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            if source.startswith("./") and source != "./champion":
                assert (files / source).is_file(), source


def test_services_listen_on_the_loopback_address_run_confined_and_have_a_version(files: Path) -> None:
    for name, service in compose(files).items():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert "build" in service or re.search(r":v?\d+\.\d+", service["image"]), name
    api = compose(files)["api"]
    assert api["read_only"]
    assert api["tmpfs"] == ["/tmp"]  # noqa: S108


def test_no_secret_stands_in_a_file(files: Path) -> None:
    text = (files / "compose.yaml").read_text("utf-8")
    secret = re.findall(r"(?:PASSWORD|KEYS): (.*)|\+psycopg://\w+:(.*?)@", text)

    assert len(secret) == 7
    for value in map("".join, secret):
        assert re.fullmatch(r"(\$\{\w+:\?[\w /.]+\},?)+", value), value


def test_the_mlflow_server_is_the_mlflow_of_the_project(files: Path) -> None:
    installed = re.findall(r"mlflow==([\d.]+)", (files / "compose.yaml").read_text("utf-8"))
    low, high = re.findall(r'"mlflow>=([\d.]+),<([\d.]+)"', (files / "pyproject.toml").read_text("utf-8"))[0]

    assert numbers(low) <= numbers(installed[0]) < numbers(high)


def test_the_env_file_is_written_once_and_keeps_what_is_there(files: Path, tmp_path: Path) -> None:
    (tmp_path / "operations").mkdir()
    script = shutil.copy(files / "operations" / "make_env.py", tmp_path / "operations")
    (tmp_path / ".env").write_text("SEED=7\nAPI_KEYS=mine-and-long-enough", "utf-8")

    for _ in range(2):
        subprocess.run([sys.executable, script], check=True, capture_output=True)

    lines = (tmp_path / ".env").read_text("utf-8").splitlines()
    needed = set(re.findall(r"\$\{(\w+):\?", (files / "compose.yaml").read_text("utf-8")))
    settings = dict(line.split("=", 1) for line in lines)
    assert lines[:2] == ["SEED=7", "API_KEYS=mine-and-long-enough"]
    assert len(settings) == len(lines) == 9
    assert needed <= set(settings)
    assert all(len(settings[name]) >= 16 for name in needed)


def test_the_dashboard_has_a_description_and_the_provisioned_source_for_every_panel(files: Path) -> None:
    dashboard = json.loads((files / "operations" / "grafana" / "serving.json").read_text("utf-8"))
    source = yaml.safe_load((files / "operations" / "grafana" / "datasource.yml").read_text("utf-8"))["datasources"][0]

    assert tuple(panels(files)) == PANELS
    for panel in dashboard["panels"]:
        assert panel["description"]
        assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}


def test_prometheus_accepts_configuration_and_rules(files: Path) -> None:
    tool, folder = prometheus_program("promtool"), files / "operations"

    for command in (["config", "--syntax-only", "prometheus.yml"], ["rules", "rules.yml"]):
        finished = subprocess.run(
            [tool, "check", *command], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("alert", BAD)
def test_an_alert_is_raised_when_it_should_be_and_not_otherwise(files: Path, tmp_path: Path, alert: str) -> None:
    rules = yaml.safe_load((files / "operations" / "rules.yml").read_text("utf-8"))
    rule = next(rule for group in rules["groups"] for rule in group["rules"] if rule["alert"] == alert)
    for one in rules["groups"][0]["rules"]:
        del one["annotations"]  # prose with figures in it, which is not compared
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules), "utf-8")
    labels = rule["labels"] | ({"job": "api"} if alert == "ServiceDown" else {})

    for series, expected in ((BAD[alert], [{"exp_labels": labels}]), (GOOD[alert], [])):
        text = FIRING.replace("SERIES", ", ".join(series)).replace("NAME", alert)
        (tmp_path / "test.yml").write_text(text.replace("EXPECTED", json.dumps(expected)), "utf-8")
        command = [prometheus_program("promtool"), "test", "rules", "test.yml"]
        finished = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        assert finished.returncode == 0, finished.stdout + finished.stderr


@dataclass(frozen=True)
class Stack:
    """A project on PostgreSQL and an MLflow server, with the settings that `make_env.py` wrote."""

    project: Project
    postgres: str
    settings: dict[str, str]

    def run(self, *arguments: str) -> str:
        """What a command of the project prints; it has to end well."""
        finished = self.project.run("python", "-m", self.project.name.replace("-", "_"), *arguments)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def query(self, sql: str, database: str, role: str = "") -> str:
        """What PostgreSQL answers to its superuser, or to a role."""
        user = f"{role}:{self.settings[f'{role.upper()}_PASSWORD']}" if role else None
        return psql(address(self.postgres, database, user), "--command", sql)


@pytest.fixture(scope="module")
def stack(made: Callable[[str], Project], driver: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The sentiment project before anything has run in it, its servers started as `compose.yaml` says."""
    finished = made("sentiment")
    folder = tmp_path_factory.mktemp("stack") / finished.name
    shutil.copytree(finished.folder, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (folder / ".venv").symlink_to(finished.folder / ".venv")
    environment = finished.environment | {"PYTHONPATH": os.pathsep.join([str(folder / "src"), driver])}
    environment |= {"PROJECT_ROOT": str(folder), "SAMPLE_ROWS": "10000", "PROTOCOLS": "0"}
    settings = made_env(folder)
    with postgres() as superuser:
        psql(superuser, "--file", folder / "operations" / "databases.sql", environment=settings)
        service = compose(folder)["mlflow"]
        backend = substituted(service["environment"]["MLFLOW_BACKEND_STORE_URI"], settings, superuser)
        server = environment | service["environment"] | {"MLFLOW_BACKEND_STORE_URI": backend}
        command = [finished.command("python"), "-m", *service["command"]]
        with mlflow_server(command, tmp_path_factory.mktemp("mlflow"), server) as registry:
            written = (folder / ".env").read_text("utf-8").replace("http://127.0.0.1:5000", registry)
            (folder / ".env").write_text(written.replace("127.0.0.1:5432", host(superuser)), "utf-8")
            yield Stack(Project(folder, environment, ""), superuser, settings)


def test_the_loop_runs_on_postgresql_and_an_mlflow_server(stack: Stack) -> None:
    for stage in ("prepare", "train", "promote"):
        stack.run(stage)
    api = compose(stack.project.folder)["api"]["environment"]
    inside = {name: substituted(value, stack.settings, stack.postgres) for name, value in api.items()}
    command = [stack.project.command("python"), "-m", stack.project.name.replace("-", "_"), "serve"]

    with served(command, stack.project.folder, stack.project.environment | inside) as url:
        replayed = stack.run("replay", "stream", "--url", url)
        answer = ask(f"{url}/predict", stack.settings["METRICS_KEY"], {"text": "A wonderful film"})
        ask(f"{url}/feedback", stack.settings["API_KEYS"], {"prediction_id": answer["id"], "target": "positive"})
    decided = stack.run("monitor")
    status = stack.run("status")

    sent = stack.project.rows("stream")
    assert f"{sent:,} predictions by version 1" in replayed
    assert "healthy (version 1" in decided
    assert f"logged: {sent + 1:,} predictions, {sent + 1:,} with feedback" in status
    assert stack.query("SELECT count(*) FROM predictions JOIN feedback ON prediction_id = id", "predictions") == str(
        sent + 1
    )
    assert stack.query("SELECT alias, version FROM registered_model_aliases", "mlflow") == "champion|1"
    assert not [
        path.name for path in stack.project.folder.iterdir() if path.suffix == ".db" or path.name == "mlartifacts"
    ]


def test_no_service_reads_the_database_of_another(stack: Stack) -> None:
    for role, other in (("predictions", "mlflow"), ("mlflow", "predictions")):
        assert stack.query("SELECT current_user", role, role) == role
        with pytest.raises(subprocess.CalledProcessError) as refused:
            stack.query("SELECT 1", other, role)
        assert "permission denied for database" in refused.value.stderr


@dataclass(frozen=True)
class Watched:
    """A running service, the Prometheus that watches it, and the project's folder."""

    prometheus: str
    folder: Path

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression of the dashboard gives now."""
        expression = expression.replace("$__rate_interval", "1m")
        answer = ask(f"{self.prometheus}/api/v1/query?query={urllib.parse.quote(expression)}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found


@pytest.fixture(scope="module")
def watched(made: Callable[[str], Project], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The sentiment project's service after some requests, scraped as its `prometheus.yml` says but each second."""
    prometheus_program("prometheus")
    project, folder = made("sentiment"), tmp_path_factory.mktemp("watched")
    database = f"sqlite:///{(folder / 'predictions.db').as_posix()}"
    environment = project.environment | {"API_KEYS": f"a-key-of-a-client,{KEY}", "DATABASE_URL": database}
    with (
        served([project.command(project.name), "serve"], project.folder, environment) as url,
        prometheus(scraping(project.folder / "operations", folder, url)) as watching,
    ):
        found = Watched(watching, project.folder)

        def has_rates() -> bool:  # they need counters that grew between two scrapes
            use(url)
            return bool(found.query("rate(predictions_total[1m]) > 0"))

        wait_until(has_rates)
        yield found


def test_prometheus_reaches_the_service_with_its_key(watched: Watched) -> None:
    assert [series["value"][1] for series in watched.query('up{job="api"}')] == ["1"]


def test_a_service_with_keys_shows_its_metrics_to_nobody_else(watched: Watched) -> None:
    targets = ask(f"{watched.prometheus}/api/v1/targets")["data"]["activeTargets"]

    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(targets[0]["scrapeUrl"])
    assert refused.value.code == 401


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_of_the_dashboard_shows_what_has_happened(watched: Watched, title: str) -> None:
    for expression in panels(watched.folder)[title]:
        values = [float(series["value"][1]) for series in watched.query(expression)]
        assert values, expression
        assert not any(map(math.isnan, values)), expression


def test_the_dashboard_counts_what_was_asked(watched: Watched) -> None:
    by_status = watched.query(panels(watched.folder)["Requests by status"][0])
    by_version = watched.query(panels(watched.folder)["Predictions by model version"][0])

    assert {"200", "201", "422"} <= {series["metric"]["status"] for series in by_status}
    assert len(by_version) == 1
    assert watched.query("rows_logged_total > 0")
    assert watched.query("rows_lost_total == 0")


def test_every_rule_is_evaluated_on_metrics_that_the_service_has(watched: Watched) -> None:
    wait_until(lambda: all(rule["health"] == "ok" for rule in rules(watched)))

    exported = ask(f"{watched.prometheus}/api/v1/label/__name__/values")["data"]
    for rule in rules(watched):
        assert rule["state"] == "inactive", rule["name"]
        assert set(re.findall(r"\b(?:up|\w+_(?:total|bucket))\b", rule["query"])) <= set(exported), rule["query"]


def compose(folder: Path) -> dict[str, Any]:
    """The services of the project's `compose.yaml`."""
    services: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text("utf-8"))["services"]
    return services


def panels(folder: Path) -> dict[str, list[str]]:
    """The expressions of each panel of the dashboard, by its title."""
    dashboard = json.loads((folder / "operations" / "grafana" / "serving.json").read_text("utf-8"))
    return {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]}


def rules(watched: Watched) -> list[dict[str, Any]]:
    """The alerts, with what Prometheus says of them."""
    groups = ask(f"{watched.prometheus}/api/v1/rules")["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def made_env(folder: Path) -> dict[str, str]:
    """The settings that the project's own script has written to `.env`."""
    script = folder / "operations" / "make_env.py"
    subprocess.run([sys.executable, script], check=True, capture_output=True)
    return dict(line.split("=", 1) for line in (folder / ".env").read_text("utf-8").splitlines())


def substituted(text: str, settings: dict[str, str], server: str) -> str:
    """A value of `compose.yaml` as the container gets it, the database server's name replaced by its address here."""
    return re.sub(r"\$\{(\w+):\?.*?\}", lambda found: settings[found[1]], text).replace("postgres:5432", host(server))


def host(url: str) -> str:
    return url.rpartition("@")[2].partition("/")[0]


def address(server: str, database: str, user: str | None) -> str:
    """The URL of another database, or for another user, on the same server."""
    given = urllib.parse.urlsplit(server)
    return f"postgresql://{user or given.netloc.partition('@')[0]}@{host(server)}/{database}"


def psql(url: str, *arguments: str | Path, environment: dict[str, str] | None = None) -> str:
    """What `psql` prints; raises CalledProcessError where PostgreSQL refuses."""
    command = [postgres_programs() / "psql", url.replace("+psycopg", ""), "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    finished = subprocess.run(
        [*command, "--tuples-only", "--no-align", *arguments],
        env=os.environ | (environment or {}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return finished.stdout.strip()


def scraping(operations: Path, folder: Path, url: str) -> Path:
    """The project's configuration of Prometheus, pointed to the service here; whole enough for `promtool`."""
    configuration = yaml.safe_load((operations / "prometheus.yml").read_text("utf-8"))
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    scrape = configuration["scrape_configs"][0]
    scrape["static_configs"] = [{"targets": [url.removeprefix("http://")]}]
    scrape["authorization"]["credentials_file"] = str(folder / "key")
    (folder / "key").write_text(f"{KEY}\n", "utf-8")
    shutil.copy(operations / "rules.yml", folder)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration), "utf-8")
    subprocess.run([prometheus_program("promtool"), "check", "config", folder / "prometheus.yml"], check=True)
    return folder / "prometheus.yml"


def use(url: str) -> None:
    """What makes each counter move: predictions, feedback, and a request that is refused."""
    answers = ask(f"{url}/predict", KEY, [{"text": "A wonderful film"}, {"text": "A terrible film"}])
    ask(f"{url}/feedback", KEY, {"prediction_id": answers[0]["id"], "target": "positive"})
    with suppress(urllib.error.HTTPError):
        ask(f"{url}/predict", KEY, {"words": "A terrible film"})


def ask(url: str, key: str | None = None, body: Any = None) -> Any:
    """The answer to a request that shows its key."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as response:  # noqa: S310
        return json.load(response)


def wait_until(happened: Callable[[], Any]) -> None:
    """Returns when it has happened; fails after half a minute."""
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.5)
