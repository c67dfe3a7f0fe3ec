"""The settings of the whole lifecycle: defaults for a laptop, each open to the environment or a `.env` file."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from .errors import LifecycleError
from .schema import Limits

PACKAGE = __package__ or ""
COMMAND = PACKAGE.replace("_", "-")
MODEL = COMMAND
SHORTEST_KEY = 16
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _names(text: Any) -> Any:
    return [name.strip() for name in text.split(",") if name.strip()] if isinstance(text, str) else text


Names = Annotated[list[str], NoDecode, BeforeValidator(_names)]


def project_root() -> Path:
    """The nearest folder, from here upwards, that holds a `pyproject.toml`. Raises LifecycleError if there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            return folder
    raise LifecycleError(f"No project in {here} or above it. Go to the project's folder, or set PROJECT_ROOT.")


def root() -> Path:
    """The folder of this project: PROJECT_ROOT, or the one that the current folder is in."""
    return Path(os.environ.get("PROJECT_ROOT") or project_root())


def _below_root(name: str) -> Callable[[dict[str, Any]], Path]:
    return lambda values: values["root"] / name


def _sqlite(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda values: f"sqlite:///{(values['root'] / name).as_posix()}"


class Settings(Limits):
    """Every path, name and threshold. `SEED=7`, say, in the environment overrides `seed`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    root: Path = Field(default_factory=project_root, validation_alias="PROJECT_ROOT")
    data_dir: Path = Field(default_factory=_below_root("data"))
    champion_dir: Path = Field(default_factory=_below_root("champion"))
    reports_dir: Path = Field(default_factory=_below_root("reports"))
    mlflow_tracking_uri: str = Field(default_factory=_sqlite("mlflow.db"))
    database_url: str = Field(default_factory=_sqlite("predictions.db"))

    own_data: Path | None = Field(None, description="your own data in place of the demonstration's")
    sample_rows: int | None = Field(None, ge=500, description="use only so many raw rows: for a quick trial")

    seed: int = 42
    jobs: int = Field(2, ge=1, description="processes that cross-validation may use")
    folds: int = Field(3, ge=2, le=20)
    protocols: bool = Field(True, description="evaluate the chosen model in other ways, too; takes half of training")

    tolerance: float = Field(0.01, ge=0, description="how much worse a slice, or live quality, may get")
    minimum_rows: int = Field(200, ge=20, description="fewer rows than these are no evidence")
    minimum_gain: float = Field(0.002, ge=0, description="smallest gain that is worth a change of champion")
    slice_floor: float | None = Field(None, description="worst value of the deciding metric that a slice may have")
    latency_limit: float = Field(3.0, gt=0, description="times the champion's time that an answer may take")
    size_limit: float = Field(5.0, gt=0, description="times the champion's size that a bundle may have")

    monitor_window: int = Field(2_000, ge=1, description="most recent predictions that monitoring judges")
    monitor_days: float | None = Field(None, gt=0, description="judge what was served in so many days instead")
    monitor_sample: int = Field(5_000, ge=1_000, description="of a larger window a random sample is looked at")
    alert_webhook: SecretStr | None = Field(None, description="where an alert is sent, or GitHub's URL of issues")
    github_token: SecretStr | None = Field(None, description="lets an alert open an issue on GitHub")

    new_share: float = Field(0.5, gt=0, lt=1, description="most that feedback may be of the rows that are learnt from")
    trusted_sources: Names = Field(["local"], description="who may give most of the feedback")

    api_host: str = "127.0.0.1"
    api_port: int = Field(8000, ge=0, le=65535)
    api_keys: Names = Field([], description="keys that let a client in, separated by commas")
    open_paths: Names = Field(["/health", "/ready"], description="what may be read without a key")
    public: bool = Field(False, description="serve others than this machine without keys")
    shadow: Literal["challenger"] | None = Field(None, description="who answers as well, for comparison only")
    split: int = Field(0, ge=0, le=50, description="percent of the traffic that the challenger answers")
    workers: int = Field(1, ge=1, le=64, description="processes that answer")
    drain_seconds: int = Field(30, ge=1, description="how long a stop waits for requests in work")

    prediction_log: Literal["required", "best-effort"] = "required"
    log_inputs: Literal["full", "hash", "none"] = "full"

    site_demo: bool | None = Field(None, description="whether `site/` has the page to try; if unset, as it was written")

    max_batch: int = Field(256, ge=1, description="records in one request")
    max_waiting: int = Field(256, ge=1, description="requests in work at once, in each worker")
    max_buffered_bytes: int = Field(64_000_000, ge=65_536, description="bytes of all bodies that arrive at once")
    body_seconds: float = Field(10, gt=0, description="within which a body has to arrive")

    @property
    def trusted(self) -> list[str]:
        """The sources of feedback that are trusted; the first key is the owner's, and `replay` sends it."""
        own = [f"key:{hashlib.sha256(key.encode()).hexdigest()[:8]}" for key in self.api_keys[:1]]
        return [*self.trusted_sources, *own]

    @field_validator("open_paths")
    @classmethod
    def _paths(cls, paths: list[str]) -> list[str]:
        if any(not path.startswith("/") for path in paths):
            raise ValueError("a path begins with /")
        return paths

    @field_validator("api_keys")
    @classmethod
    def _long_enough(cls, keys: list[str]) -> list[str]:
        if any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"a key needs {SHORTEST_KEY} characters or more")
        return keys


def load_settings() -> Settings:
    """The settings, or a LifecycleError that names the value at fault."""
    env_file = root() / ".env"
    try:
        return Settings(_env_file=env_file)
    except UnicodeDecodeError:
        raise LifecycleError(f"{env_file} is not in UTF-8. Save it as UTF-8.") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        value = "..." if name == "API_KEYS" else repr(first["input"])
        raise LifecycleError(f"{name}={value}: {first['msg']}. Set it again, or leave it out.") from None
