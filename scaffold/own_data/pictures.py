"""Looks at a folder that has a folder of pictures for each label."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data import parts
from scaffold.own_data.options import METRICS, Options
from scaffold.own_data.profile import Decision, Drift, Profile
from scaffold.own_data.proposal import judging, planning
from scaffold.own_data.reading import albums
from scaffold.own_data.reading.albums import Album, Picture
from scaffold.own_data.table import SHOWN, Fault


def look(folder: Path, options: Options) -> Profile:
    """The profile; raises DataError if the folder holds no folders with pictures."""
    check(folder, options)
    album = albums.read(folder)
    found = album.pictures
    if not found:
        hint = ": they lie beside each other, and each label needs a folder" if album.loose else ""
        raise DataError(
            f"{str(folder)!r} holds no folder with pictures{hint}. "
            "Make one folder for each label, such as cats/ and dogs/"
        )
    names, counts = labels(found, options)
    traffic = parts.divide(len(found), "none", 0)
    metric, why = judging.classification_metric(counts)
    size = sum(picture.path.stat().st_size for picture in found)
    plan = planning.plan(folder, options, size, exact=True)
    described = albums.describe(found)
    shown = "colour" if described.colour else "grey"
    decoded = described.colour + described.grey
    decisions = (
        Decision("kind", "pictures", f"{len(counts)} folders with pictures", "--kind"),
        Decision("labels", ", ".join(counts), "the names of the folders", "--labels OLD=NEW"),
        Decision("colour", shown, f"{described.colour:,} of {decoded:,} have colours", ""),
        planning.said("metric", "--metric", options.metric, metric, why),
        *plan.decisions,
    )
    repeats, faults = doubts(folder, album)
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
        traffic=traffic,
        minimum_rows=parts.minimum_rows(traffic),
        licence=options.data_licence,
        origin=options.origin,
        files=plan.files,
        decisions=decisions,
        faults=tuple(faults),
        warnings=tuple(judging.warnings(traffic, len(found), metric)),
        obstacles=tuple(judging.obstacles(len(found), traffic, counts)),
    )


def check(folder: Path, options: Options) -> None:
    """Raises InvalidAnswerError for an option that is only for files."""
    if options.kind not in (None, "pictures"):
        raise InvalidAnswerError(f"--kind {options.kind} needs a file, and {folder} is a folder")
    if options.metric and options.metric not in METRICS["classification"]:
        raise InvalidAnswerError(f"--metric {options.metric} isn't for labels")
    fitting = ("kind", "labels", "metric", "dataset", "data_licence", "origin")
    for field in fields(options):
        if field.name not in fitting and getattr(options, field.name):
            option = field.name.replace("_", "-")
            raise InvalidAnswerError(f"--{option} is for files, and {folder} is a folder")


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


def doubts(folder: Path, album: Album) -> tuple[int, list[Fault]]:
    """The number of repeated pictures, and what is wrong with files."""
    found, unreadable, loose = album.pictures, album.unreadable, album.loose
    faults = []
    if unreadable:
        shown = ", ".join(albums.relative(path, folder) for path in unreadable[:SHOWN])
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
            disputed.append(" = ".join(albums.relative(picture.path, folder) for picture in same))
    if disputed:
        more = ", …" if len(disputed) > SHOWN else ""
        problem = f"have several labels: {', '.join(disputed[:SHOWN])}{more}"
        faults.append(Fault(problem, len(disputed)))
    return len(found) - len(places), faults


def digest(folder: Path, found: Sequence[Picture]) -> str:
    """SHA-256 of the names and digests of all pictures."""
    whole = hashlib.sha256()
    for picture in found:
        place = albums.relative(picture.path, folder)
        whole.update(f"{place}\0{picture.digest}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
