"""`scaffold add` and `scaffold update` keep what the owner changed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Installed
from reviewed import commit, rename
from versions import (
    CHANGES,
    NEWER,
    OWN_MODEL,
    PACKAGE,
    RESULTS,
    change,
    git,
    of_version,
    parents,
    replace,
    templates,
    tree,
)

from scaffold import __version__


@pytest.fixture(scope="session")
def newer(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A newer version of the tool, whose templates have CHANGES, a new file and one less."""
    tool = of_version(installed, tmp_path_factory.mktemp("newer"), NEWER)
    for place, (before, after) in CHANGES.items():
        change(tool, place, before, after)
    (templates(tool) / "lifecycle/docs/notes.md").write_text("# Notes of the template\n", "utf-8")
    (templates(tool) / "lifecycle/.dockerignore").unlink()
    changelog = templates(tool).parent / "CHANGELOG.md"
    news = f"## {NEWER}\n\n- Reviews have wings.\n\n## {__version__}"
    replace(changelog, f"## {__version__}", news)
    return tool


@pytest.fixture(scope="session")
def untouched(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as this version makes it, with git; only copies change."""
    folder = tmp_path_factory.mktemp("untouched")
    finished = installed.run("new", "sentiment", "my-reviews", cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return folder / "my-reviews"


@pytest.fixture
def project(untouched: Path, tmp_path: Path) -> Path:
    """A copy of the project, which may change. Its path has a space and an accent."""
    return Path(shutil.copytree(untouched, tmp_path / "my project é"))


def edit(project: Path) -> None:
    """Changes what an owner changes, and commits it."""
    (project / PACKAGE / "model.py").open("a", encoding="utf-8").write(OWN_MODEL)
    replace(project / "README.md", "## Problem\n", "## My problem\n")
    replace(project / PACKAGE / "metrics.py", '"""', '"""Mine: ')
    results = (project / "README.md").read_text("utf-8")
    start, end = results.index("<!-- results -->"), results.index("<!-- /results -->")
    (project / "README.md").write_text(
        results[:start] + RESULTS.removesuffix("<!-- /results -->") + results[end:], "utf-8"
    )
    (project / "docs/mine.md").write_text("# Mine\n", "utf-8")
    (project / ".github/workflows/monitor.yml").unlink()
    commit(project)


def test_an_update_brings_each_change_and_keeps_each_edit(newer: Installed, project: Path) -> None:
    edit(project)

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 0, finished.stderr + finished.stdout
    readme = (project / "README.md").read_text("utf-8")
    assert "## Run it yourself\n" in readme
    assert "## My problem\n" in readme
    assert RESULTS in readme
    metrics = (project / PACKAGE / "metrics.py").read_text("utf-8")
    assert '"""Mine: ' in metrics
    assert "WHOLE = 1.0\n" in metrics
    assert OWN_MODEL in (project / PACKAGE / "model.py").read_text("utf-8")
    assert "Nothing is measured yet." in (project / "MODEL_CARD.md").read_text("utf-8")
    files = tree(project)
    assert {"docs/mine.md", "docs/notes.md"} <= set(files)
    assert not {".dockerignore", ".github/workflows/monitor.yml"} & set(files)
    assert yaml.safe_load((project / ".template.yml").read_text("utf-8"))["version"] == NEWER
    assert git(project, "status", "--porcelain", "--ignored") == ""
    assert len(parents(project)) == 2


def test_the_other_parent_is_the_project_as_the_newer_version_makes_it(
    newer: Installed, project: Path, tmp_path: Path
) -> None:
    edit(project)

    newer.run("update", cwd=project)

    newer.run("new", "sentiment", "my-reviews", cwd=tmp_path)
    made = tree(tmp_path / "my-reviews")
    theirs = git(project, "rev-parse", "HEAD^2^{tree}")
    assert theirs == git(tmp_path / "my-reviews", "rev-parse", "HEAD^{tree}")
    assert made.keys() >= {"README.md"}
    assert git(project, "rev-parse", "HEAD^2^") == git(
        project, "rev-list", "--max-parents=0", "HEAD"
    )


def test_the_same_line_changed_twice_is_an_ordinary_conflict(
    newer: Installed, project: Path
) -> None:
    edit(project)
    replace(project / "README.md", "## Run it\n", "## How I run it\n")
    commit(project)
    before = git(project, "rev-parse", "HEAD")

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 1
    assert "conflict: README.md" in finished.stdout
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "README.md"
    readme = (project / "README.md").read_text("utf-8")
    mine, _, template = readme.partition("\n=======\n")
    assert "<<<<<<< yours\n## How I run it" in mine
    assert "## Run it yourself\n>>>>>>> the template now\n" in template
    assert RESULTS in readme
    git(project, "merge", "--abort")
    assert git(project, "rev-parse", "HEAD") == before
    assert git(project, "status", "--porcelain") == ""


def test_a_resolved_conflict_is_the_base_of_the_next_update(
    newer: Installed, project: Path, installed: Installed, tmp_path: Path
) -> None:
    replace(project / "README.md", "## Run it\n", "## How I run it\n")
    commit(project)
    newer.run("update", cwd=project)
    git(project, "checkout", "--ours", "README.md")
    git(project, "commit", "--all", "--no-edit")
    newest = of_version(installed, tmp_path / "newest", "9.2.0")
    change(newest, "lifecycle/README.md.jinja", *CHANGES["lifecycle/README.md.jinja"])
    change(newest, "lifecycle/README.md.jinja", "## Settings\n", "## All settings\n")

    finished = newest.run("update", cwd=project)

    assert finished.returncode == 0, finished.stdout
    readme = (project / "README.md").read_text("utf-8")
    assert "## How I run it\n" in readme
    assert "## All settings\n" in readme


def test_a_file_of_the_owner_at_a_new_path_is_a_conflict(newer: Installed, project: Path) -> None:
    (project / "docs/notes.md").write_text("# My notes\n", "utf-8")
    commit(project)

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 1
    assert "conflict: docs/notes.md" in finished.stdout
    assert "# My notes" in (project / "docs/notes.md").read_text("utf-8")


def test_a_file_that_git_does_not_track_stops_the_update(newer: Installed, project: Path) -> None:
    (project / "docs/notes.md").write_text("# My notes\n", "utf-8")

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 1
    assert "docs/notes.md" in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert (project / "docs/notes.md").read_text("utf-8") == "# My notes\n"
    assert git(project, "status", "--porcelain") == "?? docs/notes.md"
    assert not (project / ".git/MERGE_HEAD").exists()


def ignore(project: Path, name: str) -> None:
    """Lets git ignore a file, without a file in the project that says so."""
    (project / ".git/info").mkdir(exist_ok=True)
    (project / ".git/info/exclude").write_text(f"{name}\n", "utf-8")


def test_a_file_that_git_ignores_stops_the_update(newer: Installed, project: Path) -> None:
    """git itself would overwrite it."""
    ignore(project, "notes.md")
    (project / "docs/notes.md").write_text("# My notes\n", "utf-8")

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 1
    assert "'docs/notes.md' is in the way" in finished.stderr
    assert (project / "docs/notes.md").read_text("utf-8") == "# My notes\n"
    assert not (project / ".git/MERGE_HEAD").exists()


def test_an_ignored_link_in_the_place_of_a_folder_stops_an_add_on(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (project / "stack").symlink_to(tmp_path / "shared")
    ignore(project, "stack")

    finished = installed.run("add", "stack", cwd=project)

    assert finished.returncode == 1
    assert "'stack' is in the way" in finished.stderr
    assert (project / "stack").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell for git's hook")
def test_a_commit_that_is_made_meanwhile_is_not_undone(installed: Installed, project: Path) -> None:
    hook = project / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\n"
        "grep -q ORIG_HEAD || exit 0\n"
        "[ ! -e .git/done ] || exit 0\n"
        "touch .git/done\n"
        f"echo MINE = 1 >> {PACKAGE}/model.py\n"
        "git -c user.name=Ada -c user.email=ada@localhost commit -qam Mine\n",
        "utf-8",
    )
    hook.chmod(0o755)

    installed.run("add", "prefect", cwd=project)

    assert (project / ".git/done").exists()
    assert "MINE = 1\n" in git(project, "show", f"HEAD:{PACKAGE}/model.py") + "\n"
    assert (project / PACKAGE / "model.py").read_text("utf-8").endswith("MINE = 1\n")


def test_a_project_does_not_grow_from_another_one_in_its_repository(
    installed: Installed, newer: Installed, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet")
    projects = {"a": "sentiment", "b": "sentiment", "c": "price-prediction"}
    for name, template in projects.items():
        finished = installed.run("new", template, name, "--no-git", cwd=tmp_path)
        assert finished.returncode == 0, finished.stderr
    commit(tmp_path)
    for name in projects:
        finished = installed.run("add", "prefect", cwd=tmp_path / name)
        assert finished.returncode == 0, finished.stderr
    for name in projects:
        replace(tmp_path / name / "README.md", "## Problem\n", "## My problem\n")
        (tmp_path / name / "src" / name / "errors.py").unlink()
    commit(tmp_path)

    for name in projects:
        finished = newer.run("update", cwd=tmp_path / name)

        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert "## My problem\n" in (tmp_path / name / "README.md").read_text("utf-8")
        assert not (tmp_path / name / "src" / name / "errors.py").exists()
        rendered = git(tmp_path, "show", "HEAD^2^:.template.yml")
        assert yaml.safe_load(rendered)["name"] == name


def test_what_the_owner_deleted_or_changed_wins_over_the_template(
    newer: Installed, project: Path
) -> None:
    (project / PACKAGE / "errors.py").unlink()
    (project / ".dockerignore").open("a", encoding="utf-8").write("mine\n")
    commit(project)

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 0, finished.stdout
    assert f"note: {PACKAGE}/errors.py stays deleted" in finished.stdout
    assert "note: .dockerignore is kept as you changed it" in finished.stdout
    assert not (project / PACKAGE / "errors.py").exists()
    assert (project / ".dockerignore").read_text("utf-8").endswith("mine\n")


def test_a_renamed_project_is_updated_under_its_name(newer: Installed, project: Path) -> None:
    edit(project)
    rename(project)

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert '"""New: ' in (project / "src/film_views/errors.py").read_text("utf-8")
    assert OWN_MODEL in (project / "src/film_views/model.py").read_text("utf-8")
    assert not (project / PACKAGE).exists()
    for text in (git(project, "show", f"HEAD^2:{path}") for path in tree(project, "HEAD^2")):
        assert not re.search("my.reviews", text, re.IGNORECASE)


def test_a_project_that_is_named_as_its_package_is_followed(
    installed: Installed, project: Path
) -> None:
    rename(project)
    replace(project / "pyproject.toml", 'name = "film-views"', 'name = "film_views"')
    commit(project)

    finished = installed.run("add", "prefect", cwd=project)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert (project / "src/film_views/flow.py").is_file()
    assert "from film_views import" in (project / "tests/test_flow.py").read_text("utf-8")


@pytest.mark.parametrize("place", ["clone", "worktree", "subfolder", "autocrlf", "branch"])
def test_an_update_works_wherever_the_project_lies(
    newer: Installed, project: Path, tmp_path: Path, place: str
) -> None:
    edit(project)
    moved = tmp_path / "elsewhere"
    if place == "clone":
        git(tmp_path, "clone", "--quiet", str(project), str(moved))
    elif place == "worktree":
        git(project, "worktree", "add", "--quiet", str(moved))
    elif place == "subfolder":
        moved = project / "projects/reviews"
        moved.mkdir(parents=True)
        for name in git(project, "ls-tree", "--name-only", "HEAD").splitlines():
            git(project, "mv", name, f"projects/reviews/{name}")
        (project / "README.md").write_text("# All of my projects\n", "utf-8")
        commit(project)
    elif place == "autocrlf":
        git(tmp_path, "-c", "core.autocrlf=true", "clone", "--quiet", str(project), str(moved))
        git(moved, "config", "core.autocrlf", "true")
    else:
        git(project, "switch", "--quiet", "--create", "update")
        moved = project

    finished = newer.run("update", cwd=moved)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    readme = (moved / "README.md").read_text("utf-8")
    assert "## Run it yourself\n" in readme
    assert RESULTS in readme
    assert git(moved, "status", "--porcelain") == ""
    if place == "subfolder":
        assert (project / "README.md").read_text("utf-8") == "# All of my projects\n"


def test_what_cannot_be_updated_is_refused_in_one_line(
    newer: Installed, project: Path, tmp_path: Path
) -> None:
    replace(project / "README.md", "## Problem\n", "## My problem\n")
    assert_refused(newer, project, "'README.md' has uncommitted changes", "git stash")
    commit(project)
    git(project, "switch", "--quiet", "--create", "other", "HEAD^")
    replace(project / "README.md", "## Problem\n", "## Your problem\n")
    commit(project)
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "merge", "main")
    assert_refused(newer, project, "git merge is in progress", "git merge --abort")
    git(project, "merge", "--abort")
    git(project, "sparse-checkout", "set", "docs")
    assert_refused(newer, project, "is sparse", "git sparse-checkout disable")
    git(project, "sparse-checkout", "disable")
    git(project, "bisect", "start")
    assert_refused(newer, project, "git bisect is in progress", "git bisect reset")
    git(project, "bisect", "reset")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", project.as_uri(), str(shallow))
    assert_refused(newer, shallow, "is shallow", "git fetch --unshallow")
    shutil.rmtree(shallow / ".git", onerror=None)
    assert_refused(newer, shallow, "isn't in a git repository", "git init")
    git(shallow, "init", "--quiet")
    assert_refused(newer, shallow, "has no commit", "git add --all")
    (shallow / ".template.yml").unlink()
    commit(shallow)
    assert_refused(newer, shallow, ".template.yml", "Change to a project")


def assert_refused(tool: Installed, project: Path, *words: str) -> None:
    before = (
        git(project, "rev-parse", "--quiet", "HEAD")
        if (project / ".git/refs/heads/main").exists()
        else ""
    )

    finished = tool.run("update", cwd=project)

    assert finished.returncode == 1, finished.stdout
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1, finished.stderr
    for word in words:
        assert word in finished.stderr
    if before:
        assert git(project, "rev-parse", "HEAD") == before


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell for git's stand-in")
def test_an_old_git_or_none_is_refused(newer: Installed, project: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho git version 2.30.2\n", "utf-8")
    (programs / "git").chmod(0o755)

    old = newer.run("update", cwd=project, PATH=str(programs))
    none = newer.run("update", cwd=project, PATH=str(tmp_path))

    assert (
        old.stderr
        == "error: git version 2.30.2 is too old for this merge. Install git 2.38 or later\n"
    )
    assert none.stderr == "error: git is not installed. Install git 2.38 or later\n"


def test_a_repository_of_somebody_else_is_refused_in_gits_words(
    newer: Installed, project: Path
) -> None:
    finished = newer.run("update", cwd=project, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")

    assert finished.returncode == 1
    assert "safe.directory" in finished.stderr
    assert "git init" not in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_the_same_or_an_older_tool_updates_nothing(
    installed: Installed, newer: Installed, project: Path
) -> None:
    same = installed.run("update", cwd=project)
    newer.run("update", cwd=project)
    older = installed.run("update", cwd=project)

    assert (same.returncode, same.stderr) == (0, "")
    assert f"up to date: version {__version__}" in same.stdout
    assert older.returncode == 1
    assert "uv tool upgrade scaffold-ml" in older.stderr


def test_a_check_says_what_is_new_and_changes_nothing(newer: Installed, project: Path) -> None:
    finished = newer.run("update", "--check", cwd=project)
    newer.run("update", cwd=project)
    after = newer.run("update", "--check", cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert f"Version {NEWER} is newer than the project's ({__version__})" in finished.stdout
    assert "Reviews have wings" in finished.stdout
    assert "Your own table" not in finished.stdout
    assert f"up to date: version {NEWER}" in after.stdout


def test_a_squashed_commit_that_repeats_the_trailers_is_not_taken_for_the_template(
    newer: Installed, installed: Installed, project: Path
) -> None:
    edit(project)
    messages = git(project, "log", "--format=%B")
    git(project, "checkout", "--quiet", "--orphan", "squashed")
    git(project, "commit", "--quiet", "--message", messages)

    update = newer.run("update", cwd=project, UV_OFFLINE="1")
    added = installed.run("add", "prefect", cwd=project)

    assert update.returncode == 1
    assert f"uvx --from scaffold-ml=={__version__} scaffold render" in update.stderr
    assert added.returncode == 0, added.stderr
    assert OWN_MODEL in (project / PACKAGE / "model.py").read_text("utf-8")
    assert (project / PACKAGE / "flow.py").is_file()
    first = git(project, "rev-list", "--max-parents=0", "HEAD^2")
    assert git(project, "log", "-1", "--format=%s", first) == "Start from the sentiment template"


@pytest.mark.slow
def test_where_the_first_commit_is_gone_the_older_version_renders_again(
    newer: Installed, installed: Installed, project: Path, tmp_path: Path
) -> None:
    edit(project)
    rename(project)
    git(project, "checkout", "--quiet", "--orphan", "squashed")
    commit(project, "All of it")
    wheels = installed.command.parents[2] / "dist"

    finished = newer.run("update", cwd=project, UV_FIND_LINKS=str(wheels))

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert '"""New: ' in (project / "src/film_views/errors.py").read_text("utf-8")
    assert OWN_MODEL in (project / "src/film_views/model.py").read_text("utf-8")
    assert git(project, "rev-list", "--count", "HEAD") == "4"


def test_a_project_of_own_data_grows_with_its_data(tmp_path: Path, newer: Installed) -> None:
    table = tmp_path / "rents.csv"
    rows = [f"{30 + number % 50},{number % 3},{500 + number % 50 * 10}" for number in range(400)]
    table.write_text("\n".join(["size,rooms,rent", *rows]) + "\n", "utf-8")
    project = tmp_path / "my-rents"
    scaffold(tmp_path, "new", "my-rents", "--data", str(table), "--target", "rent", "--defaults")
    (project / PACKAGE.replace("reviews", "rents") / "model.py").open("a").write(OWN_MODEL)
    commit(project)

    scaffold(project, "add", "prefect")
    finished = newer.run("update", cwd=project)

    assert finished.returncode == 0, finished.stderr + finished.stdout
    assert (project / "raw/rents.csv").read_bytes() == table.read_bytes()
    assert (project / "src/my_rents/flow.py").is_file()
    assert "## Run it yourself\n" in (project / "README.md").read_text("utf-8")
    assert git(project, "status", "--porcelain") == ""


def scaffold(folder: Path, *arguments: str) -> None:
    """Runs the tool of these tests' own environment, which can read data."""
    command = [sys.executable, "-m", "scaffold", *arguments]
    finished = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, encoding="utf-8"
    )
    assert finished.returncode == 0, finished.stderr


def test_an_add_on_is_a_merge_that_keeps_each_edit(installed: Installed, project: Path) -> None:
    edit(project)

    finished = installed.run("add", "prefect", cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert f"  {PACKAGE}/flow.py\n" in finished.stdout
    assert re.search(r"^  (uv|.* -m uv) sync\n  (uv|.* -m uv) run pytest$", finished.stdout, re.M)
    assert "uv run python -m my_reviews.flow --once" in finished.stdout
    assert yaml.safe_load((project / ".template.yml").read_text("utf-8"))["add_ons"] == ["prefect"]
    assert OWN_MODEL in (project / PACKAGE / "model.py").read_text("utf-8")
    assert git(project, "log", "-1", "--format=%s") == "Add prefect"
    assert git(project, "status", "--porcelain") == ""


def test_an_update_keeps_the_add_on_that_was_added_before(
    installed: Installed, newer: Installed, project: Path
) -> None:
    edit(project)
    installed.run("add", "prefect", cwd=project)

    finished = newer.run("update", cwd=project)

    assert finished.returncode == 0, finished.stdout
    assert (project / PACKAGE / "flow.py").is_file()
    assert '"""New: ' in (project / PACKAGE / "errors.py").read_text("utf-8")


def test_a_new_project_may_have_add_ons_from_the_start(
    installed: Installed, project: Path, tmp_path: Path
) -> None:
    finished = installed.run("new", "sentiment", "my-reviews", "--add", "prefect", cwd=tmp_path)
    installed.run("add", "prefect", cwd=project)

    assert finished.returncode == 0, finished.stderr
    new, grown = tmp_path / "my-reviews", project
    assert git(new, "rev-parse", "HEAD^{tree}") == git(grown, "rev-parse", "HEAD^{tree}")


@pytest.mark.parametrize("command", ["add", "update"])
def test_a_dry_run_shows_the_change_and_writes_nothing(
    installed: Installed, newer: Installed, project: Path, command: str
) -> None:
    edit(project)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    tool, names = (installed, ["prefect"]) if command == "add" else (newer, [])

    finished = tool.run(command, *names, "--dry-run", cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert "+from prefect import" in finished.stdout or "+WHOLE = 1.0" in finished.stdout
    assert "My problem" not in finished.stdout
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_without_a_commit_the_merge_is_left_to_look_at(installed: Installed, project: Path) -> None:
    before = git(project, "rev-parse", "HEAD")

    installed.run("add", "prefect", "--no-commit", cwd=project)

    assert git(project, "rev-parse", "HEAD") == before
    assert f"A  {PACKAGE}/flow.py" in git(project, "status", "--porcelain")
    git(project, "merge", "--abort")
    assert git(project, "status", "--porcelain") == ""


def test_a_hook_that_refuses_leaves_a_merge_that_can_be_committed(
    installed: Installed, project: Path
) -> None:
    hook = project / ".git/hooks/pre-merge-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no merges today >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    commit_hook = project / ".git/hooks/pre-commit"
    commit_hook.write_text(hook.read_text("utf-8"), "utf-8")
    commit_hook.chmod(0o755)

    finished = installed.run("add", "prefect", cwd=project)

    assert finished.returncode == 1
    assert "no merges today" in finished.stderr
    commit_hook.unlink()
    hook.unlink()
    git(project, "commit", "--quiet", "--no-edit")
    assert git(project, "log", "-1", "--format=%s") == "Add prefect"


def test_the_list_of_add_ons_says_what_the_project_has(installed: Installed, project: Path) -> None:
    before = installed.run("add", "--list", cwd=project)
    installed.run("add", "prefect", cwd=project)
    after = installed.run("add", "--list", cwd=project)
    again = installed.run("add", "prefect", cwd=project)
    unknown = installed.run("add", "prefekt", cwd=project)

    assert "prefect - " in before.stdout
    assert "(added)" not in before.stdout
    assert "(added)" in after.stdout
    assert "already has the add-on 'prefect'" in again.stderr
    assert "Did you mean 'prefect'?" in unknown.stderr


def test_an_add_on_is_added_from_a_folder_of_the_project(
    installed: Installed, project: Path
) -> None:
    finished = installed.run("add", "prefect", cwd=project / "docs")

    assert finished.returncode == 0, finished.stderr
    assert (project / PACKAGE / "flow.py").is_file()


def test_the_list_of_add_ons_needs_no_readable_project(installed: Installed, project: Path) -> None:
    (project / ".template.yml").write_bytes(b"\xff")

    finished = installed.run("add", "--list", cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert "prefect - " in finished.stdout


def test_an_add_on_with_half_a_card_is_refused(installed: Installed, tmp_path: Path) -> None:
    tool = of_version(installed, tmp_path)
    card = templates(tool) / "add-ons/prefect/card.toml"
    replace(card, "needs = ", "wants = ")

    finished = tool.run("add", "--list", cwd=tmp_path)

    assert finished.returncode == 1
    assert "'prefect' is broken: card.toml: 'needs' is missing" in finished.stderr
