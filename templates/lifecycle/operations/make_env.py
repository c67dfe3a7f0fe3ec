"""Adds to `.env` the secrets and addresses that `compose.yaml` needs; what is there already stays."""

import secrets
from pathlib import Path

SECRETS = (
    "API_KEYS",
    "METRICS_KEY",
    "POSTGRES_PASSWORD",
    "PREDICTIONS_PASSWORD",
    "MLFLOW_PASSWORD",
    "GRAFANA_PASSWORD",
)
ADDRESSES = {
    "DATABASE_URL": "postgresql+psycopg://predictions:${PREDICTIONS_PASSWORD}@127.0.0.1:5432/predictions",
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000",
}


def main() -> None:
    path = Path(__file__).parents[1] / ".env"
    path.touch(mode=0o600)
    present = path.read_text("utf-8")
    known = {line.partition("=")[0].strip() for line in present.splitlines()}
    values = {name: secrets.token_hex(24) for name in SECRETS} | ADDRESSES
    missing = [f"{name}={value}\n" for name, value in values.items() if name not in known]
    separator = "\n" if present and not present.endswith("\n") else ""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(separator + "".join(missing))
    print(f"{len(missing)} settings added to {path}")


if __name__ == "__main__":
    main()
