"""Pages of own data are wrapped whatever the names in them."""

from scaffold import prose

LONG = "word " * 60
PAGE = f"""# {LONG}

{LONG}
and the rest

- {LONG}
- short
  and its second line

| {LONG} | b |
|---|---|

```
{LONG}
```
"""


def test_only_prose_is_wrapped_and_no_word_is_lost() -> None:
    lines = prose.wrap(PAGE).splitlines()

    long = [line for line in lines if len(line) > prose.WIDTH]
    assert [line[:2] for line in long] == ["# ", "| ", "wo"]
    assert " ".join(prose.wrap(PAGE).split()) == " ".join(PAGE.split())
    (item,) = [number for number, line in enumerate(lines) if line.startswith("- word")]
    assert lines[item + 1].startswith("  word")
    assert lines[item + 3 : item + 5] == ["- short", "  and its second line"]


def test_a_command_in_backticks_stays_on_one_line() -> None:
    command = "`uv run my-reviews run --from train`"
    page = "word " * 20 + command + " word" * 20 + "\n"

    assert prose.wrap(page).count("\n") > 1
    assert command in prose.wrap(page)


def test_what_is_short_stays_as_it_is() -> None:
    page = "# One\n\nTwo lines\nof prose.\n\n- an item\n\n<!-- results -->\n\nNone.\n"

    assert prose.wrap(page) == page
    assert prose.wrap(prose.wrap(PAGE)) == prose.wrap(PAGE)
