"""A blueprint draws questions: what was asked for, fairly, all or nothing, the same by the same seed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exams import blueprints
from exams.blueprints import Cell, TooFew
from exams.content import Kind
from exams.models import Difficulty, Tag, Topic
from exams.papers import PaperFixed, PaperRefused
from tests import people
from tests.batches import timetables
from tests.exams import making, papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(db):
    return papers.section(making.coming())


def by():
    return {"actor": people.teacher(), "now": timezone.now()}


def draw(section, *cells, seed="s", verb=blueprints.pick):
    blueprints.set_blueprint(section, cells=cells, **by())
    return verb(section, seed=seed, **by())


def drawn(picked):
    return {row.question_id for row in picked.placed}


def test_each_cell_gets_what_it_asks_for(section):
    physics, chemistry = timetables.subject(), timetables.subject("Chemistry")
    optics = Topic.objects.create(subject=physics, name="Optics")
    making.bank(5, subject=chemistry)
    making.bank(3, subject=physics, topic=optics, difficulty=Difficulty.HARD)
    making.bank(3, subject=physics, kind=Kind.NUMERICAL)
    cells = [
        Cell(2, subject=chemistry.pk),
        Cell(1, topic=optics.pk, difficulty=Difficulty.HARD),
        Cell(3, kind=Kind.NUMERICAL.value),
    ]
    placed = [row.question for row in draw(section, *cells).placed]
    assert sorted(one.subject.name for one in placed) == ["Chemistry"] * 2 + ["Physics"] * 4
    assert sum(one.topic == optics for one in placed) == 1
    assert sum(one.kind == Kind.NUMERICAL for one in placed) == 3


def test_tag_narrows_a_cell(section):
    wanted = making.bank(4)[1]
    wanted.tags.add(Tag.objects.create(name="hcv"))
    assert drawn(draw(section, Cell(1, tag=Tag.objects.get().pk))) == {wanted.pk}


def test_too_few_are_reported_by_cell_and_nothing_is_placed(section):
    physics = timetables.subject()
    making.bank(7, subject=physics)
    with pytest.raises(TooFew) as refused:
        draw(section, Cell(10, subject=physics.pk), Cell(1, difficulty=Difficulty.HARD))
    assert [(one.wanted, one.are) for one in refused.value.short] == [(10, 7), (1, 0)]
    assert "Physics: wanted 10, there are 7." in refused.value.message
    assert not section.questions.exists()


def test_what_there_is_is_placed_when_that_is_asked_for(section):
    making.bank(7)
    picked = draw(section, Cell(10), verb=blueprints.pick_what_there_is)
    assert (len(picked.placed), [one.are for one in picked.short]) == (7, [7])


def test_drawing_again_fills_up_and_does_no_more(section):
    making.bank(10)
    first = drawn(draw(section, Cell(4)))
    assert drawn(draw(section, Cell(4), seed="other")) == set()
    section.questions.first().delete()
    assert len(drawn(draw(section, Cell(4), seed="third"))) == 1
    assert len(making.order(section.test)) == 4
    assert len(first & set(making.order(section.test))) >= 3  # the one that went may be drawn again


def test_wide_cell_leaves_the_only_hard_one_to_the_cell_that_needs_it(section):
    making.bank(1, difficulty=Difficulty.HARD)
    making.bank(2)
    picked = draw(section, Cell(2), Cell(1, difficulty=Difficulty.HARD))
    assert len(picked.placed) == 3


def drawn_anew(section, seed):
    section.questions.all().delete()
    return drawn(draw(section, Cell(5), seed=seed))


def test_same_seed_draws_the_same_and_another_seed_others(section):
    making.bank(40)
    one, same, another = (drawn_anew(section, seed) for seed in ("s", "s", "another"))
    assert one == same
    assert one != another


def test_what_the_batch_had_last_comes_last(section):
    bank = making.bank(6)
    now = timezone.now()
    for days, rows in ((2, bank[:2]), (9, bank[2:4])):
        earlier = papers.exam(f"Test {days}", opens_at=now - timedelta(days=days), closes_at=now - timedelta(days=1))
        papers.place(papers.section(earlier), *rows)
    assert drawn(draw(section, Cell(4))) == {one.pk for one in bank[2:]}


def test_tests_of_other_batches_do_not_count_as_used(section):
    bank = making.bank(2)
    elsewhere = papers.exam("Of others", batch=timetables.batch("NEET 2027 C"))
    papers.place(papers.section(elsewhere), bank[0])
    seen, number = set(), 0  # which of the two a seed draws depends on the section's number, too
    while len(seen) < 2 and number < 60:
        section.questions.all().delete()
        seen |= drawn(draw(section, Cell(1), seed=str(number)))
        number += 1
    assert seen == {one.pk for one in bank}


def test_question_of_another_section_or_an_archived_one_is_not_drawn(section):
    bank = making.bank(3)
    papers.place(papers.section(section.test, "Chemistry"), bank[0])
    bank[1].archived_at = timezone.now()
    bank[1].save()
    assert drawn(draw(section, Cell(1))) == {bank[2].pk}


def test_passage_itself_is_no_question_and_is_not_torn(section):
    _above, members = making.passage(3)
    papers.place(papers.section(section.test, "Reading"), members[0])
    single = papers.question(text="Alone?")
    picked = draw(section, Cell(5), verb=blueprints.pick_what_there_is)
    assert drawn(picked) == {single.pk}


def test_blueprint_of_a_fixed_paper_stays():
    row = papers.paper()
    with pytest.raises(PaperFixed):
        blueprints.set_blueprint(row.sections.get(), cells=[Cell(1)], **by())
    with pytest.raises(PaperFixed):
        blueprints.pick(row.sections.get(), seed="s", **by())


def test_blueprint_asks_for_no_more_than_a_test_can_have(section):
    with pytest.raises(PaperRefused):
        blueprints.set_blueprint(section, cells=[Cell(200), Cell(200)], **by())


def test_drawing_asks_the_same_number_of_queries_of_a_large_bank(section, django_assert_max_num_queries):
    making.bank(60)
    blueprints.set_blueprint(section, cells=[Cell(20), Cell(10, difficulty=Difficulty.MEDIUM)], **by())
    with django_assert_max_num_queries(26):
        blueprints.pick(section, seed="s", **by())
