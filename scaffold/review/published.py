"""Which files would be published with a project, and those of them that can be searched."""

from pathlib import Path

from scaffold.review import folder
from scaffold.review.folder import Unreadable

LARGEST_TEXT = 1_000_000  # bytes of a file whose lines are searched
MOST_TEXT = 20_000_000  # bytes of all of them
BINARY = (".parquet", ".onnx", ".png", ".jpg", ".jpeg", ".gif", ".woff2", ".ico", ".pdf", ".zip", ".gz", ".db", ".pkl")


def sizes(root: Path, tracked: list[str]) -> dict[str, int]:
    """Bytes of each file that git tracks or would add: what is ignored stays at home, unless it was added by force."""
    try:
        lines = [line.strip().rstrip("/") for line in folder.text(root, ".gitignore", 100_000).splitlines()]
    except Unreadable:
        lines = []
    patterns = [line for line in lines if line and not line.startswith(("#", "!"))]
    paths = [*folder.not_ignored(root, patterns), *tracked[: folder.MOST_FILES]]
    found = {path: folder.size(root, path) for path in dict.fromkeys(paths)}
    return {path: size for path, size in found.items() if size is not None}


def texts(root: Path, files: dict[str, int], damage: dict[str, str]) -> dict[str, str]:
    """The files that can be searched; what should be text and is not goes to the damage, by its path."""
    found: dict[str, str] = {}
    left = MOST_TEXT
    for path, size in files.items():
        if size > min(LARGEST_TEXT, left) or path.endswith(BINARY):
            continue
        left -= size
        try:
            found[path] = folder.text(root, path, LARGEST_TEXT)
        except Unreadable as error:
            if path.endswith((".md", ".py", ".toml", ".yml", ".yaml")):
                damage[path] = str(error)
    return found
