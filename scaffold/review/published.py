"""Which files would be published with a project, and those of them that can be searched."""

from pathlib import Path

from scaffold.review import folder
from scaffold.review.folder import Unreadable

LARGEST_TEXT = 4_000_000  # bytes of a file that is searched: a uv.lock has 1.5 million, a model of the site 2.8
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


def texts(root: Path, files: dict[str, int], damage: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The files that can be searched, and why others that may be text were not; what should be text goes to damage."""
    found: dict[str, str] = {}
    unread: dict[str, str] = {}
    left = MOST_TEXT
    # The small ones first: what matters most is in them, and many large ones can't hide them.
    for path, size in sorted(files.items(), key=lambda item: item[1]):
        if path.endswith(BINARY):
            continue
        if size > min(LARGEST_TEXT, left):
            if not folder.binary(root, path):
                limit = f"a file of {LARGEST_TEXT:,}" if size > LARGEST_TEXT else f"{MOST_TEXT:,} in all"
                unread[path] = f"{size:,} bytes, beyond the limit of {limit}"
            continue
        left -= size
        try:
            found[path] = folder.text(root, path, LARGEST_TEXT)
        except Unreadable as error:
            if path.endswith((".md", ".py", ".toml", ".yml", ".yaml")):
                damage[path] = str(error)
    return {path: found[path] for path in files if path in found}, unread
