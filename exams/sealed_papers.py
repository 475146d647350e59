"""The sealed paper: fetched while students wait, unreadable until the key is handed out at the opening.

AES-256-GCM with a key and nonce of its own for each revision of a paper, bound to the test and the revision. The key
lies sealed by the master key ring.
"""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from coaching.lib.sealing import ring
from exams import paper_json
from exams.models import SealedPaper, Test

PURPOSE = "exam.paper"
KEY_BYTES, NONCE_BYTES = 32, 12
_WITHOUT_BYTES = ("ciphertext",)


def seal(test: Test) -> SealedPaper:
    """The sealed paper of the test as it now stands, made by whoever asks first. Its bytes are not fetched along.

    Raises: paper_json.PaperTooLarge.
    """
    with contextlib.suppress(SealedPaper.DoesNotExist):
        return _of(test)
    with contextlib.suppress(IntegrityError), transaction.atomic():  # another one may be faster
        _made(test)
    return _of(test)


@dataclass(frozen=True, slots=True)
class Opener:
    """What opens a sealed paper, kept by this process: all who write a test ask for it within seconds."""

    uuid: UUID
    sha256: str
    nonce: bytes
    key: bytes


@lru_cache(maxsize=64)
def opener(test: UUID, paper_revision: int) -> Opener:
    """For `exams.starting` alone, which knows that the hour has come. Seals the paper when nobody has."""
    row = seal(Test.objects.get(uuid=test, paper_revision=paper_revision))
    return Opener(row.uuid, row.sha256, bytes(row.nonce), opened_key(row))


def opened_key(row: SealedPaper) -> bytes:
    """Raises: SealBroken when it was sealed by a key that is gone."""
    return ring().open(PURPOSE, bytes(row.key_sealed), context=context(row))


def context(row: SealedPaper) -> bytes:
    """What a sealed key belongs to."""
    return row.uuid.bytes


def bound_to(test: Test, paper_revision: int) -> bytes:
    """The additional data of the ciphertext; the browser builds the same (static/js/sealed.js)."""
    return f"{test.uuid} {paper_revision}".encode()


def _of(test: Test) -> SealedPaper:
    """Raises: SealedPaper.DoesNotExist."""
    return SealedPaper.objects.defer(*_WITHOUT_BYTES).get(test=test, paper_revision=test.paper_revision)


def _made(test: Test) -> SealedPaper:
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(key).encrypt(nonce, paper_json.paper_of(test), bound_to(test, test.paper_revision))
    row = SealedPaper(test=test, paper_revision=test.paper_revision, nonce=nonce, ciphertext=ciphertext)
    row.key_sealed = ring().seal(PURPOSE, key, context=context(row))
    row.sha256, row.size_bytes = hashlib.sha256(ciphertext).hexdigest(), len(ciphertext)
    row.save(force_insert=True)
    return row
