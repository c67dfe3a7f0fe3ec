"""A folder with a folder of pictures for each label is described as it is, whatever the format."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from scaffold.errors import DataError, InvalidAnswerError
from scaffold.own_data import looking, raw_pictures
from scaffold.own_data.answers import own as answers_of
from scaffold.own_data.options import Options
from scaffold.own_data.profile import Decision, Profile

FORMATS = ("png", "jpeg", "webp", "bmp", "tiff", "gif")
EACH = 60


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Sixty different pictures of each of two labels, in six formats; those of cats are grey."""
    folder = tmp_path / "pets"
    for label in ("cats", "dogs"):
        (folder / label).mkdir(parents=True)
        for number in range(EACH):
            grey = 4 * number + 9
            colour = (grey, grey, grey) if label == "cats" else (grey, 0, 255 - grey)
            path = folder / label / f"{number}.{FORMATS[number % len(FORMATS)]}"
            Image.new("RGB", (40 + number, 50), colour).save(path)
    return folder


def test_formats_colours_and_sizes_are_counted(pets: Path) -> None:
    profile = looking.look(pets, Options())

    assert profile.kind == "pictures"
    assert profile.counts == {"cats": EACH, "dogs": EACH}
    assert profile.pictures is not None
    assert profile.pictures.formats == dict.fromkeys(FORMATS, 2 * EACH // len(FORMATS))
    assert (profile.pictures.grey, profile.pictures.colour) == (EACH, EACH)
    assert profile.pictures.smallest == (40, 50)
    assert profile.pictures.largest == (40 + EACH - 1, 50)
    assert profile.obstacles == ()
    assert profile.faults == ()


def test_a_picture_counts_by_its_content_and_not_by_its_name(pets: Path) -> None:
    (pets / "cats" / "0.png").rename(pets / "cats" / "0.jpg")
    (pets / "cats" / "deeper").mkdir()
    (pets / "cats" / "1.jpeg").rename(pets / "cats" / "deeper" / "without an ending")

    profile = looking.look(pets, Options())

    assert profile.counts["cats"] == EACH
    assert profile.faults == ()


def test_what_is_no_picture_is_told_and_left_out(pets: Path) -> None:
    whole = (pets / "dogs" / "0.png").read_bytes()
    (pets / "dogs" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (pets / "dogs" / "notes.txt").write_text("not a picture", "utf-8")
    (pets / "dogs" / "Thumbs.db").write_bytes(b"\0")
    shutil.copy(pets / "dogs" / "0.png", pets)

    profile = looking.look(pets, Options())

    assert profile.counts["dogs"] == EACH
    assert [fault.problem for fault in profile.faults] == [
        "skipped because they can't be read as pictures: dogs/cut.png, dogs/notes.txt",
        "skipped because they are outside the label folders",
    ]


def test_repeated_pictures_are_counted_and_told_if_their_labels_differ(pets: Path) -> None:
    shutil.copy(pets / "cats" / "0.png", pets / "cats" / "again.png")
    shutil.copy(pets / "cats" / "6.png", pets / "dogs" / "a cat.png")

    profile = looking.look(pets, Options())

    assert profile.duplicates == 2
    assert [fault.problem for fault in profile.faults] == [
        "the same picture has several labels: cats/6.png = dogs/a cat.png"
    ]


def test_the_digest_changes_with_any_picture(pets: Path) -> None:
    before = looking.look(pets, Options()).digest

    again = looking.look(pets, Options()).digest
    Image.new("RGB", (9, 9)).save(pets / "cats" / "0.png")
    after = looking.look(pets, Options()).digest

    assert before == again != after


def test_folders_can_be_renamed_as_labels(pets: Path) -> None:
    profile = looking.look(pets, Options(labels="cats=cat,dogs=dog"))

    assert profile.labels == {"cats": "cat", "dogs": "dog"}
    assert set(profile.counts) == {"cat", "dog"}


def test_a_folder_that_is_not_of_labels_is_refused(pets: Path) -> None:
    with pytest.raises(DataError, match="each label needs its own folder"):
        looking.look(pets / "cats", Options())


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="contains no folders of pictures"):
        looking.look(tmp_path, Options())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(kind="table"), "needs a file"),
        (Options(labels="birds=bird"), "there is no folder 'birds'"),
        (Options(metric="mae"), "isn't for labels"),
        (Options(target="cats"), "--target cats is for files"),
        (Options(leave_out=("cats",)), "--leave-out is for files"),
    ],
)
def test_an_option_that_does_not_fit_pictures_is_refused(
    pets: Path, options: Options, words: str
) -> None:
    with pytest.raises(InvalidAnswerError, match=words):
        looking.look(pets, options)


def test_one_folder_is_a_clear_no(pets: Path) -> None:
    shutil.rmtree(pets / "dogs")

    profile = looking.look(pets, Options())

    assert any("only one label ('cats')" in obstacle for obstacle in profile.obstacles)


@pytest.mark.parametrize("parts", [("train", "test"), ("Training", "Validation"), ("wrapped",)])
def test_labels_may_stand_below_folders_for_train_and_test(
    pets: Path, parts: tuple[str, ...]
) -> None:
    whole = pets.rename(pets.with_name("whole"))
    for number, part in enumerate(parts):
        for path in sorted(whole.glob("*/*"))[number :: len(parts)]:
            place = pets / part / path.parent.name / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)

    profile = looking.look(pets, Options())
    said_so = looking.look(pets, Options(target="outer"))
    contents, _ = raw_pictures.take(pets, answers_of(profile.as_dict()))

    assert profile.counts == said_so.counts == {"cats": EACH, "dogs": EACH}
    assert {len(Path(place).parts) for place in contents} == {4}  # no folder that were a source
    assert len(contents) == 2 * EACH


def nested(pets: Path, *outer: str, swap: bool = False) -> Path:
    """The same pictures in folders of sources, in those of the labels or around them."""
    whole = pets.rename(pets.with_name("whole"))
    for number, path in enumerate(sorted(whole.glob("*/*"))):
        names = [path.parent.name, outer[number % len(outer)]]
        place = pets.joinpath(*(names[::-1] if swap else names), path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    return pets


def said(profile: Profile, about: str) -> Decision:
    return next(line for line in profile.decisions if line.about == about)


@pytest.mark.parametrize("swap", [False, True])
def test_folders_that_are_crossed_are_labels_or_sources_as_they_are_called(
    pets: Path, swap: bool
) -> None:
    profile = looking.look(nested(pets, "camera 1", "camera 2", swap=swap), Options())

    level = said(profile, "label folders")
    assert profile.counts == {"cats": EACH, "dogs": EACH}
    assert profile.pictures is not None
    assert profile.pictures.sources == {"camera 1": EACH, "camera 2": EACH}
    assert (level.value, level.ask) == ("inner" if swap else "outer", True)
    assert level.option == f"--target {'outer' if swap else 'inner'}"
    assert profile.drift.by == "source"


def test_the_user_says_which_folders_are_labels_and_what_is_held_back(pets: Path) -> None:
    options = Options(target="inner", drift="source=dogs")

    profile = looking.look(nested(pets, "north", "south"), options)

    assert profile.counts == {"north": EACH, "south": EACH}
    assert (profile.drift.by, profile.drift.value) == ("source", "dogs")
    assert said(profile, "drift").assumed is False
    with pytest.raises(InvalidAnswerError, match="there is no source 'birds'"):
        looking.look(pets, Options(target="inner", drift="source=birds"))


def test_without_folders_in_those_of_the_labels_there_is_no_drift(pets: Path) -> None:
    profile = looking.look(pets, Options())

    assert profile.drift.by == "none"
    assert "no source folders" in profile.drift.why


def test_the_project_gets_each_picture_once_and_no_other_file(pets: Path, tmp_path: Path) -> None:
    (pets / "dogs" / "notes.txt").write_text("not a picture", "utf-8")
    (pets / "dogs" / "déjà vu.png").symlink_to(pets / "dogs" / "0.png")
    (pets / "cats" / "broken.png").symlink_to(tmp_path / "nowhere")
    (pets / "cats" / "again").symlink_to(pets / "cats")
    answers = answers_of(looking.look(pets, Options()).as_dict())

    contents, kept = raw_pictures.take(pets, answers)

    assert len(contents) == kept["rows"] == 2 * EACH + 1
    assert contents["raw/pets/dogs/déjà vu.png"] == (pets / "dogs" / "0.png").read_bytes()
    assert kept["digest"] == answers["digest"]


@pytest.mark.parametrize(("side", "shrink"), [(60, False), (400, True)])
def test_of_a_large_folder_an_even_sample_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int, shrink: bool
) -> None:
    folder = tmp_path / "many"
    for number in range(90):
        label = "rare" if number % 9 == 0 else "usual"
        place = folder / label / f"{number}.bmp"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (side, side), (number, 9, 200)).save(place)
    fits = 40 * (folder / "rare" / "0.bmp").stat().st_size
    largest = 60_000 if shrink else fits
    monkeypatch.setattr(raw_pictures, "LARGEST", largest)
    monkeypatch.setattr(raw_pictures, "FEWEST", 30)

    contents, kept = raw_pictures.take(
        folder, answers_of(looking.look(folder, Options()).as_dict())
    )

    assert len(contents) == kept["rows"] < kept["of_folder"] == 90
    assert kept["pictures"]["labels"]["rare"] == 10
    assert sum(map(len, contents.values())) <= largest
    assert kept["longest_side"] == (raw_pictures.SHRUNK if shrink else None)
    assert all(place.endswith(".jpg") == shrink for place in contents)
