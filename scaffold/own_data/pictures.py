"""Looks at a folder that has a folder of pictures for each label."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data import judging, libraries, planning
from scaffold.own_data.options import METRICS, Options
from scaffold.own_data.profile import Decision, Drift, Pictures, Profile
from scaffold.own_data.table import SHOWN, Fault

IGNORED = (".ds_store", "thumbs.db", "desktop.ini")
LARGEST_SIDE_GREY = 32  # pixels of the small copy in which colour is looked for
GREY_NOISE = 12  # difference of channels that JPEG may add to a grey picture


@dataclass(frozen=True)
class Picture:
    """A file that could be opened: its label, form, size and digest."""

    path: Path
    label: str
    format: str
    size: tuple[int, int]
    colour: bool
    digest: str


def look(folder: Path, options: Options) -> Profile:
    """The profile; raises DataError if the folder holds no folders with pictures."""
    libraries.check("A folder of pictures", "PIL")
    if options.kind not in (None, "pictures"):
        raise InvalidAnswerError(f"--kind {options.kind} needs a file, and {folder} is a folder")
    found, unreadable, loose = read(folder)
    if not found:
        hint = ": they lie beside each other, and each label needs a folder" if loose else ""
        raise DataError(
            f"{str(folder)!r} holds no folder with pictures{hint}. "
            "Make one folder for each label, such as cats/ and dogs/"
        )
    names, counts = labels(found, options)
    parts = judging.traffic(len(found), None)
    metric, why = judging.classification_metric(counts)
    if options.metric and options.metric not in METRICS["classification"]:
        raise InvalidAnswerError(f"--metric {options.metric} isn't for labels")
    size = sum(picture.path.stat().st_size for picture in found)
    plan = planning.plan(folder, options, size, "pictures")
    described = describe(found)
    shown = "colour" if described.colour > described.grey else "grey"
    decisions = (
        Decision("kind", "pictures", f"{len(counts)} folders with pictures", "--kind"),
        Decision("labels", ", ".join(counts), "the names of the folders", "--labels OLD=NEW"),
        Decision("colour", shown, f"{described.colour:,} of {len(found):,} have colours", ""),
        planning.said("metric", options.metric, metric, why),
        *plan.decisions,
    )
    repeats, faults = doubts(folder, found, unreadable, loose)
    return Profile(
        dataset=plan.dataset,
        path=folder.name,
        size=size,
        digest=digest(folder, found),
        kind="pictures",
        read=None,
        rows=len(found),
        sampled=False,
        duplicates=repeats,
        task="classification",
        target="label",
        labels=names,
        counts=counts,
        metric=options.metric or metric,
        columns=(),
        pictures=described,
        time=None,
        group=None,
        drift=Drift("none", why="folders tell no source; give one folder for each later"),
        traffic=parts,
        minimum_rows=judging.minimum_rows(parts),
        licence=options.licence,
        origin=options.origin,
        files=plan.files,
        decisions=decisions,
        faults=tuple(faults),
        warnings=tuple(judging.warnings(parts, len(found), metric)),
        obstacles=tuple(judging.obstacles(len(found), counts)),
    )


def read(folder: Path) -> tuple[list[Picture], list[Path], int]:
    """The pictures in the folders, the files that are none, and how many lie beside them."""
    from PIL import Image

    found, unreadable, loose = [], [], 0
    for place in sorted(folder.iterdir()):
        if place.is_file():
            loose += place.suffix.lower() in Image.registered_extensions()
        elif not place.name.startswith((".", "__MACOSX")):
            for path in files_in(place):
                picture = open_picture(path, place.name)
                if picture is None:
                    unreadable.append(path)
                else:
                    found.append(picture)
    return found, unreadable, loose


def files_in(folder: Path) -> list[Path]:
    """All files below the folder, in order, but for what systems add."""
    paths = []
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.lower() not in IGNORED and not name.startswith("."):
                paths.append(Path(parent) / name)
    return sorted(paths)


def open_picture(path: Path, label: str) -> Picture | None:
    """The picture, if the whole file can be read as one."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            form = image.format or "unknown"
            size = image.size
            image.draft("RGB", (LARGEST_SIDE_GREY, LARGEST_SIDE_GREY))
            small = image.convert("RGB").resize((LARGEST_SIDE_GREY, LARGEST_SIDE_GREY))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    red, green, blue = (channel.tobytes() for channel in small.split())
    apart = max(max(abs(r - g), abs(g - b)) for r, g, b in zip(red, green, blue, strict=True))
    code = hashlib.sha256(path.read_bytes()).hexdigest()
    return Picture(path, label, form.lower(), size, apart > GREY_NOISE, code)


def labels(found: Sequence[Picture], options: Options) -> tuple[dict[str, str], dict[str, int]]:
    """The name of each folder's label in the project, and the pictures of each."""
    folders = sorted({picture.label for picture in found})
    new = options.new_labels()
    unknown = sorted(set(new) - set(folders))
    if unknown:
        there = ", ".join(map(repr, folders[:8]))
        raise InvalidAnswerError(f"--labels: there is no folder {unknown[0]!r}. There are: {there}")
    names = {folder: new.get(folder, folder) for folder in folders}
    counts = Counter(names[picture.label] for picture in found)
    return names, dict(sorted(counts.items()))


def describe(found: Sequence[Picture]) -> Pictures:
    """Formats, colours and sizes."""
    colour = sum(picture.colour for picture in found)
    return Pictures(
        formats=dict(Counter(picture.format for picture in found).most_common()),
        colour=colour,
        grey=len(found) - colour,
        smallest=min((picture.size for picture in found), key=area),
        largest=max((picture.size for picture in found), key=area),
    )


def area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def doubts(
    folder: Path, found: Sequence[Picture], unreadable: Sequence[Path], loose: int
) -> tuple[int, list[Fault]]:
    """The number of repeated pictures, and what is wrong with files."""
    faults = []
    if unreadable:
        shown = ", ".join(relative(path, folder) for path in unreadable[:SHOWN])
        more = ", …" if len(unreadable) > SHOWN else ""
        problem = f"can't be read as pictures and are left out: {shown}{more}"
        faults.append(Fault(problem, len(unreadable)))
    if loose:
        faults.append(Fault("pictures lie outside the folders and have no label", loose))
    places: dict[str, list[Picture]] = {}
    for picture in found:
        places.setdefault(picture.digest, []).append(picture)
    disputed = []
    for same in places.values():
        if len({picture.label for picture in same}) > 1:
            disputed.append(" = ".join(relative(picture.path, folder) for picture in same))
    if disputed:
        more = ", …" if len(disputed) > SHOWN else ""
        problem = f"have several labels: {', '.join(disputed[:SHOWN])}{more}"
        faults.append(Fault(problem, len(disputed)))
    return len(found) - len(places), faults


def digest(folder: Path, found: Sequence[Picture]) -> str:
    """SHA-256 of the names and digests of all pictures."""
    whole = hashlib.sha256()
    for picture in found:
        place = relative(picture.path, folder)
        whole.update(f"{place}\0{picture.digest}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
