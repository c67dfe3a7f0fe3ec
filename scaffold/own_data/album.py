"""Profiles a folder that holds one folder of pictures per label."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data import parts, sources
from scaffold.own_data.options import LEVELS, METRICS, Options
from scaffold.own_data.profile import Decision, Profile
from scaffold.own_data.proposal import deciding, judging, planning
from scaffold.own_data.reading import albums, layouts
from scaffold.own_data.reading.albums import Album, Picture
from scaffold.own_data.table import SHOWN, Fault

FITTING = ("kind", "target", "labels", "drift", "metric", "dataset", "data_licence", "origin")


def look(folder: Path, options: Options) -> Profile:
    """Returns the profile; raises DataError if the folder contains no folders of pictures."""
    check(folder, options)
    album = albums.read(folder, options.target)
    pictures = album.pictures
    if not pictures:
        raise DataError(missing(folder, album, options))
    names, counts = labels(pictures, options)
    deciding.check_labels(options.metric, len(counts))
    drift, held_back, drift_said = sources.drift(pictures, options)
    traffic = parts.divide(len(pictures), drift.by, held_back)
    metric, why = judging.classification_metric(counts)
    size = sum(picture.bytes for picture in pictures)
    plan = planning.plan(folder, options, size, exact=True)
    described = albums.describe(pictures, album.layout)
    shown = "color" if described.colour else "gray"
    decoded = described.colour + described.grey
    decisions = (
        Decision("kind", "pictures", f"{len(names)} folders with pictures", "--kind"),
        level(album, options),
        Decision("labels", ", ".join(counts), "the names of the folders", "--labels OLD=NEW"),
        Decision("color", shown, f"{described.colour:,} of {decoded:,} pictures have color", ""),
        Decision("shape", *shape(described.uneven, len(pictures)), ""),
        planning.said("metric", "--metric", options.metric, metric, why),
        drift_said,
        *plan.decisions,
    )
    repeats, faults = doubts(folder, album)
    return Profile(
        dataset=plan.dataset,
        path=folder.name,
        size=size,
        digest=albums.digest((picture.file.place, picture.digest) for picture in pictures),
        kind="pictures",
        read=None,
        rows=len(pictures),
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
        drift=drift,
        traffic=traffic,
        minimum_rows=parts.minimum_rows(traffic),
        licence=options.data_licence,
        origin=options.origin,
        files=plan.files,
        decisions=decisions,
        faults=tuple(faults),
        warnings=tuple(judging.warnings(traffic, len(pictures), options.metric or metric)),
        obstacles=tuple(judging.obstacles(len(pictures), traffic, counts)),
    )


def check(folder: Path, options: Options) -> None:
    """Raises InvalidAnswerError for an option that only applies to files."""
    if options.kind not in (None, "pictures"):
        raise InvalidAnswerError(f"--kind {options.kind} needs a file, but {folder} is a folder")
    if options.metric and options.metric not in METRICS["classification"]:
        raise InvalidAnswerError(f"--metric {options.metric} isn't for labels. Use another metric")
    if options.target not in (None, *LEVELS):
        raise InvalidAnswerError(
            f"--target {options.target} is for files, but {folder} is a folder. "
            f"Choose the level of folders that are the labels: --target {' or '.join(LEVELS)}"
        )
    for field in fields(options):
        if field.name not in FITTING and getattr(options, field.name):
            option = field.name.replace("_", "-")
            raise InvalidAnswerError(f"--{option} is for files, but {folder} is a folder")


def missing(folder: Path, album: Album, options: Options) -> str:
    """Explains why no picture has a label."""
    hint = ""
    if album.unreadable:
        hint = f": none of its {len(album.unreadable):,} files can be read as {albums.NAMES}"
    elif album.loose:
        hint = ": all pictures are directly in it, but each label needs its own folder"
    elif options.target == layouts.INNER:
        hint = " inside another folder, which --target inner requires"
    return (
        f"{str(folder)!r} contains no folders of pictures{hint}. "
        "Create one folder per label, such as cats/ and dogs/"
    )


def level(album: Album, options: Options) -> Decision:
    """The decision about which level of folders is the labels."""
    layout = album.layout
    option = f"--target {layouts.OUTER if layout.level == layouts.INNER else layouts.INNER}"
    if options.target:
        return Decision("label folders", options.target, "", option, assumed=False)
    return Decision("label folders", layout.level, layout.why, option, ask=layout.crossed)


def shape(uneven: int, pictures: int) -> tuple[str, str]:
    """How pictures become square, and why."""
    if not uneven:
        return "square", "all pictures are"
    why = f"{uneven:,} of {pictures:,} pictures aren't square; none is stretched or cropped"
    return "padded with gray", why


def labels(pictures: Sequence[Picture], options: Options) -> tuple[dict[str, str], dict[str, int]]:
    """Maps each folder to its label in the project, and counts the pictures of each label."""
    folders = sorted({picture.label for picture in pictures})
    new = options.new_labels()
    unknown = sorted(set(new) - set(folders))
    if unknown:
        there = ", ".join(map(repr, folders[:8]))
        raise InvalidAnswerError(f"--labels: there is no folder {unknown[0]!r}. Available: {there}")
    names = {folder: new.get(folder, folder) for folder in folders}
    counts = Counter(names[picture.label] for picture in pictures)
    return names, dict(sorted(counts.items()))


def doubts(folder: Path, album: Album) -> tuple[int, list[Fault]]:
    """Counts duplicate pictures and lists problems with the files."""
    pictures, unreadable, loose = album.pictures, album.unreadable, album.loose
    faults = []
    if unreadable:
        shown = ", ".join(albums.relative(path, folder) for path in unreadable[:SHOWN])
        more = ", …" if len(unreadable) > SHOWN else ""
        problem = f"skipped because they can't be read as pictures: {shown}{more}"
        faults.append(Fault(problem, len(unreadable)))
    if loose:
        faults.append(Fault("skipped because they are outside the label folders", loose))
    places: dict[str, list[Picture]] = {}
    for picture in pictures:
        places.setdefault(picture.digest, []).append(picture)
    disputed = []
    for same in places.values():
        if len({picture.label for picture in same}) > 1:
            disputed.append(" = ".join(albums.relative(picture.path, folder) for picture in same))
    if disputed:
        more = ", …" if len(disputed) > SHOWN else ""
        problem = f"the same picture has several labels: {', '.join(disputed[:SHOWN])}{more}"
        faults.append(Fault(problem, len(disputed)))
    return len(pictures) - len(places), faults
