"""A stream that outlives its request ends with the session it was opened in, and never looks complete then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from accounts import sessions
from accounts.models import SessionSlot
from accounts.streams import SessionOver, fenced
from tests import people
from tests.accounts.browsers import enter

pytestmark = pytest.mark.django_db(transaction=True)


def slot_of_a_teacher() -> SessionSlot:
    enter(people.teacher())
    return SessionSlot.objects.get()


async def ten_chunks() -> AsyncIterator[bytes]:
    for number in range(10):
        yield bytes([number])


async def one_chunk_then_silence() -> AsyncIterator[bytes]:
    yield b"first"
    await asyncio.Event().wait()


def taken(source: AsyncIterator[bytes], slot: int, *, every_s: float) -> list[bytes]:
    """What comes through until the end or the cut."""
    got: list[bytes] = []

    async def take() -> None:
        async with aclosing(fenced(source, slot=slot, every_s=every_s)) as chunks:
            async for chunk in chunks:
                got.append(chunk)

    try:
        async_to_sync(take)()
    except SessionOver:
        got.append(b"cut")
    return got


def test_stream_of_a_live_session_comes_through_unchanged():
    slot = slot_of_a_teacher()
    whole = [bytes([number]) for number in range(10)]
    assert taken(ten_chunks(), slot.pk, every_s=0.0) == whole
    assert taken(ten_chunks(), slot.pk, every_s=60.0) == whole


def test_stream_of_a_dead_session_is_cut_even_while_nothing_comes():
    slot = slot_of_a_teacher()
    sessions.end([slot], reason=SessionSlot.EndReason.ADMIN_ENDED, now=timezone.now())
    assert taken(one_chunk_then_silence(), slot.pk, every_s=0.05)[-1] == b"cut"
    assert taken(ten_chunks(), slot.pk, every_s=0.0) == [b"cut"]


def test_stream_of_a_deactivated_person_is_cut():
    slot = slot_of_a_teacher()
    type(people.teacher()).objects.update(is_active=False)
    assert taken(ten_chunks(), slot.pk, every_s=0.0) == [b"cut"]


def test_sweep_ends_what_ran_out_and_keeps_what_lives():
    slot = slot_of_a_teacher()
    enter(people.student())
    SessionSlot.objects.filter(pk=slot.pk).update(idle_until=timezone.now())
    assert sessions.sweep(now=timezone.now()) == 1
    slot.refresh_from_db()
    assert slot.end_reason == SessionSlot.EndReason.IDLE
    later = timezone.now() + sessions.ENDED_KEPT
    sessions.sweep(now=later)
    sessions.sweep(now=later + 2 * sessions.ENDED_KEPT)
    assert not SessionSlot.objects.exists()
