"""Lays out in `space/` what a Hugging Face Space is made of: the image's files, the champion, a README for the Hub."""

import json
import shutil
import tomllib
from pathlib import Path

README = """---
title: {name}
sdk: docker
app_port: 7860
---

{description}

Programs ask it at the Space's own address, https://OWNER-NAME.hf.space: see /docs there.
"""
# A Space runs its container as user 1000 and asks it on port 7860. Everybody may ask, until the Space has a secret
# API_KEYS; so nothing is kept of what strangers send.
SETTINGS = """
USER 1000
ENV API_PORT=7860 PUBLIC=1 LOG_INPUTS=none DATABASE_URL=sqlite:////tmp/predictions.db
EXPOSE 7860
HEALTHCHECK NONE
"""
COPIED = ("pyproject.toml", "LICENSE", ".dockerignore")


def main() -> None:
    root = Path(__file__).parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    current = root / "champion" / "current.json"
    if not current.is_file():
        raise SystemExit(f"error: There is no champion to publish. Run: {project['name']} run")
    version = json.loads(current.read_text("utf-8"))["version"]
    space = root / "space"
    shutil.rmtree(space, ignore_errors=True)
    shutil.copytree(root / "src", space / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copytree(root / "champion" / f"v{version}", space / "champion" / f"v{version}")
    for path in (current, *(root / "champion").glob(f"v{version}.examples.json")):
        shutil.copy(path, space / "champion")
    for name in COPIED:
        shutil.copy(root / name, space)
    (space / "Dockerfile").write_text((root / "Dockerfile").read_text("utf-8") + SETTINGS, "utf-8", newline="\n")
    readme = README.format(name=project["name"], description=project["description"])
    (space / "README.md").write_text(readme, "utf-8", newline="\n")
    print(f"version {version} is laid out in {space}")


if __name__ == "__main__":
    main()
