"""A project's databases and models stay in its folder, whatever that folder is called."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import TEMPLATES
from projects import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows allows few of these names"),
]

FOLDERS = [
    "two words",
    "été",
    "e\N{COMBINING ACUTE ACCENT}te",
    "日本語",
    "film \N{CLAPPER BOARD}",
    "a?b",
    "a?mode=memory",
    "a#b",
    "a&b=c",
    "a;b",
    "a:b",
    "a,b",
    "a+b",
    "$HOME",
    "`id`",
    "it's",
    'say "no"',
    "[a]{b}(c)",
    "*",
    "-a",
    "a.",
    "~a",
    "a\\b",
    "a" * 100,
]
# Opens the prediction log, and registers a model that is then read again, as the project does.
USE = """
import sys
from importlib import import_module
from pathlib import Path
import mlflow
from sklearn.dummy import DummyClassifier
sys.path.insert(0, str(Path("src").resolve()))
config, registry, log = (
    import_module(f"{sys.argv[1]}.{name}") for name in ("config", "registry", "prediction_log")
)
settings = config.load_settings()
log.check(log.connect(settings.database_url))
registry.connect(settings.mlflow_tracking_uri)
model = DummyClassifier(strategy="constant", constant=7).fit([[0], [0]], [7, 8])
with mlflow.start_run() as run:
    logged = mlflow.sklearn.log_model(
        model, name="model", serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
    )
version = registry.register(run.info.run_id, logged.model_id, {"dataset": "none"})
assert registry.version_of(registry.CHALLENGER) == version == 1
print(*registry.load(version).predict([[0]]))
print(Path(config.__file__).resolve().is_relative_to(Path.cwd()))
"""


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_folder_with_any_name_holds_its_own_databases_and_models(
    made: Callable[[str], Project], tmp_path: Path, template: str
) -> None:
    project = made(template)
    folders = []
    for name in FOLDERS:
        folder = tmp_path / name
        shutil.copytree(project.folder / "src", folder / "src")
        shutil.copy(project.folder / "pyproject.toml", folder)
        folders.append(folder)

    for folder in folders:
        at_home = Project(template, folder, project.environment)
        (folder / ".venv").symlink_to(project.folder.resolve() / ".venv")
        finished = at_home.call("python", "-c", USE, project.package)
        assert finished.stdout.split()[-2:] == ["7", "True"], (folder.name, finished.stderr)

    for folder in folders:
        kept = {path.name for path in folder.iterdir()}
        assert {"mlflow.db", "predictions.db", "mlartifacts"} <= kept, folder.name
    assert {path.name for path in tmp_path.iterdir()} == set(FOLDERS)
