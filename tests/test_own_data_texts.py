"""Texts with any labels become a whole project, as any table does: the same tests, other data."""

# ruff: noqa: F401

import pytest
from own_tables import Own
from own_texts import SLOW, TEXTS
from test_own_data_tables import (
    test_all_answers_and_the_data_are_in_the_project,
    test_no_word_of_a_demonstration_is_left,
    test_the_loop_ends_well_and_its_own_tests_pass,
    test_the_project_is_written_as_by_hand,
    test_the_service_answers_rows_of_the_data,
    written,
)

ALL = [*TEXTS, *(pytest.param(own, marks=pytest.mark.slow) for own in SLOW)]


@pytest.fixture(params=ALL, ids=lambda own: str(own.name))
def own(request: pytest.FixtureRequest) -> Own:
    texts: Own = request.param
    return texts
