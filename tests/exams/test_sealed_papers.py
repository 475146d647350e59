"""The sealed paper: made once, opens with its key only, follows the master key, and changes with the paper."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coaching.lib.sealing import ring
from exams import paper_json, sealed, sealed_papers
from exams.models import SealedPaper, Test
from tests import racing
from tests.exams import papers

pytestmark = pytest.mark.django_db
OLD, NEW = (
    "t1:" + "dGVzdHMtb25seS1tYXN0ZXIta2V5LTMyLWJ5dGVzISE=",
    "t2:" + "YW5vdGhlci1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzISE=",
)


def plain(row: SealedPaper, *, bound: bytes | None = None) -> bytes:
    sealed_by = AESGCM(sealed_papers.opened_key(row))
    given = sealed_papers.bound_to(row.test, row.paper_revision) if bound is None else bound
    return sealed_by.decrypt(bytes(row.nonce), bytes(row.ciphertext), given)


def test_it_opens_to_the_paper_and_says_nothing_of_it():
    test = papers.paper()
    row = SealedPaper.objects.get(pk=sealed_papers.seal(test).pk)
    assert plain(row) == paper_json.paper_of(test)
    held = bytes(row.ciphertext) + bytes(row.key_sealed) + bytes(row.nonce)
    assert b"Question 1" not in held
    assert sealed_papers.opened_key(row) not in held


def test_it_is_bound_to_its_test_and_revision():
    row = SealedPaper.objects.get(pk=sealed_papers.seal(papers.paper()).pk)
    for other in (f"{row.test.uuid} 2", f"{papers.exam('Another').uuid} 1"):
        with pytest.raises(InvalidTag):
            plain(row, bound=other.encode())


def test_a_revision_is_sealed_once_and_the_next_one_anew_with_another_key():
    test = papers.paper()
    first = sealed_papers.seal(test)
    assert sealed_papers.seal(test) == first
    papers.place(test.sections.get(), papers.question(text="A fourth?"))
    Test.objects.update(paper_revision=2)
    test.refresh_from_db()
    second = sealed_papers.seal(test)
    assert second != first
    assert sealed_papers.opened_key(second) != sealed_papers.opened_key(first)
    assert b"A fourth?" in plain(second)


@pytest.mark.django_db(transaction=True)
def test_all_who_come_in_at_once_get_the_same_paper():
    test = papers.paper()
    made = racing.at_once([lambda: sealed_papers.seal(Test.objects.get(pk=test.pk)).sha256] * 6)
    assert set(made) == {SealedPaper.objects.get().sha256}


def test_it_opens_after_the_master_key_was_changed_and_the_old_one_is_gone(settings):
    row = SealedPaper.objects.get(pk=sealed_papers.seal(papers.paper()).pk)
    before = plain(row)
    settings.MASTER_KEYS = f"{NEW},{OLD}"
    holder = sealed.PaperKeys()
    assert holder.count() == {"t1": 1}
    assert (holder.rewrap(), holder.rewrap()) == (1, 0)
    settings.MASTER_KEYS = NEW
    row.refresh_from_db()
    assert (holder.count(), ring().active_kid) == ({"t2": 1}, "t2")
    assert plain(row) == before
    assert (holder.check(10).opened, holder.check(10).failed) == (1, [])


def test_key_that_does_not_open_is_named_and_stays(settings):
    row = sealed_papers.seal(papers.paper())
    settings.MASTER_KEYS = NEW
    assert sealed.PaperKeys().rewrap() == 0
    assert str(row.uuid) in sealed.PaperKeys().check(10).failed[0]
