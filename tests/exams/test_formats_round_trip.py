"""A question written to a file and read again is the same question, in all a format can carry."""

import pytest
from hypothesis import assume, given, settings

from exams.content import Body, Choice, Content, Key, Kind, Picture, Text
from exams.formats import Item, Parsed, carried, csv_file, gift, moodle_xml
from exams.formats.carried import Format
from tests.exams import asked, papers

pytestmark = pytest.mark.apart

IN_MOODLE = tuple(kind for kind in Kind if kind is not Kind.CODING)
FORMATS = {Format.CSV: csv_file, Format.GIFT: gift, Format.XML: moodle_xml}

FEW = settings(max_examples=40)


def again(found: Parsed) -> list[Item]:
    assert found.problems == ()
    assert found.notes == ()
    return list(found.items)


def told(item: Item) -> tuple:
    """All of an item but where it stood; of a match, columns by their words: files keep them in another order."""
    body, key = item.content.body, item.content.key
    columns = {one.id: one.text for one in body.columns}
    pairs = [[columns[name] for name in names] for _row, names in sorted(key.pairs.items())]
    pictures = [(item.images[one.image], one.alt) for one in body.pictures()]
    options = [(one.id, one.text) for one in body.options]
    rows = [one.text for one in body.rows]
    rest = (body.is_shuffled, body.unit, body.most_signs, body.languages)
    keys = (key.right, key.numbers, key.accepted, key.is_case_sensitive, pairs, key.solution, key.guide)
    where = (item.subject, item.path, item.difficulty, item.tags, item.name, item.passage_ref)
    said = (item.content.kind, body.text, options, rows, set(columns.values()))
    return (*said, pictures, rest, keys, where)


@given(asked.items(asked.contents(), has_subject=True))
@FEW
def test_table_brings_back_what_was_written(item):
    assert [told(one) for one in again(csv_file.parse(csv_file.write([item])))] == [told(item)]


@given(asked.items(asked.contents(kinds=IN_MOODLE, hindi=False), has_subject=False))
@FEW
def test_gift_brings_back_what_was_written(item):
    assume(not carried.lost(item, Format.GIFT))
    assert [told(one) for one in again(gift.parse(gift.write([item])))] == [told(item)]


@given(asked.items(asked.contents(kinds=IN_MOODLE), has_subject=False))
@FEW
def test_moodle_xml_brings_back_what_was_written(item):
    assert [told(one) for one in again(moodle_xml.parse(moodle_xml.write([item])))] == [told(item)]


@pytest.mark.parametrize("into", list(Format))
@pytest.mark.parametrize("kind", list(Kind))
def test_what_a_format_does_not_carry_is_told_before(into, kind):
    item = Item(1, papers.content(kind), path=("Physics",))
    lost = carried.lost(item, into)
    found = FORMATS[into].parse(FORMATS[into].write([item]))
    if "kind" in lost:
        assert found.items == ()
    else:
        [came] = found.items
        came = Item(1, came.content, path=("Physics",))
        assert (told(came) == told(item)) is not bool(lost)


def test_pictures_travel_inside_the_xml():
    content = Content(
        Kind.SINGLE,
        Body(
            Text("Which lens?"),
            Picture("one", Text("A [bent] \\ lens")),
            options=(Choice("a", Text(), Picture("two")), Choice("b", Text("none"))),
        ),
        Key(right=("a",)),
    )
    item = Item(0, content, name="Lens", images={"one": b"\x89PNG one", "two": b"RIFF two"})
    [came] = again(moodle_xml.parse(moodle_xml.write([item])))
    assert told(came) == told(item)
    assert carried.lost(item, Format.XML) == []
    assert carried.lost(item, Format.CSV) == carried.lost(item, Format.GIFT) == ["picture"]
