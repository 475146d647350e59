"""A ring that lost or swapped a key is noticed at the start."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts.keys import mark_master_keys, verify_master_keys
from accounts.models import MasterKeyMark

pytestmark = pytest.mark.django_db


def ring_of(**keys):
    return ",".join(f"{kid}:{base64.b64encode(byte * 32).decode()}" for kid, byte in keys.items())


@pytest.fixture(autouse=True)
def _first_start(settings):
    MasterKeyMark.objects.all().delete()
    settings.MASTER_KEYS = ring_of(k1=b"a")
    mark_master_keys()


def test_same_ring_starts():
    verify_master_keys()


def test_lost_key_refuses_to_start(settings):
    settings.MASTER_KEYS = ring_of(k2=b"b")
    with pytest.raises(ImproperlyConfigured, match="lacks the key k1"):
        verify_master_keys()


def test_other_key_under_the_same_name_refuses_to_start_and_is_never_accepted(settings):
    settings.MASTER_KEYS = ring_of(k1=b"b")
    mark_master_keys()
    with pytest.raises(ImproperlyConfigured, match="another key under the name k1"):
        verify_master_keys()


def test_rotated_ring_starts_and_its_new_key_is_marked_by_migrate(settings):
    settings.MASTER_KEYS = ring_of(k2=b"b", k1=b"a")
    verify_master_keys()
    call_command("migrate", verbosity=0)
    assert list(MasterKeyMark.objects.values_list("kid", flat=True)) == ["k1", "k2"]
    settings.MASTER_KEYS = ring_of(k1=b"a")
    with pytest.raises(ImproperlyConfigured, match="lacks the key k2"):
        verify_master_keys()


def test_migrating_with_an_old_key_forgotten_marks_nothing(settings):
    """Otherwise the right ring, put back, would be refused for lacking a key that nothing was sealed with."""
    settings.MASTER_KEYS = ring_of(k2=b"b")
    with pytest.raises(ImproperlyConfigured, match="lacks the key k1"):
        call_command("migrate", verbosity=0)
    settings.MASTER_KEYS = ring_of(k1=b"a")
    verify_master_keys()
