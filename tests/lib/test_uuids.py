"""Public numbers out of text: what is none is none, and among several refuses all."""

import pytest
from django.core.exceptions import BadRequest

from coaching.lib.uuids import uuid_of, uuids_of

WRITTEN = "3f7c6b1e-0d52-4e0b-8a43-6f1d8f6c2b77"


@pytest.mark.parametrize("text", ["", "5", "null", WRITTEN[:-1], f"{WRITTEN}0", "\ud83d" * 32, "\0" * 32])
def test_what_is_no_number_is_none_and_refuses_all_it_came_with(text: str) -> None:
    assert uuid_of(text) is None
    with pytest.raises(BadRequest):
        uuids_of([WRITTEN, text])


def test_a_number_is_read_however_its_letters_are_written() -> None:
    assert str(uuid_of(WRITTEN.upper())) == WRITTEN
    assert uuids_of([WRITTEN, WRITTEN.replace("-", "")]) == [uuid_of(WRITTEN)] * 2
    assert uuids_of([]) == []
