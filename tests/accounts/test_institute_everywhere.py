"""What is saved on the institute's page is what mails, authenticator apps and password rules say."""

import pytest
from django.core import mail

from accounts import password_links, second_step
from accounts.models import Institute
from accounts.passwords import NotNames
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _institute():
    Institute.objects.create(pk=1, name="Saraswati Science: Classes", short_name="Vidyarthi", language="hi")


def test_mail_names_the_institute_and_speaks_its_language():
    password_links.send(people.teacher().pk)
    sent = mail.outbox[0]
    assert "Saraswati Science: Classes" in f"{sent.subject} {sent.body}"
    assert any("ऀ" <= letter <= "ॿ" for letter in str(sent.body))


def test_authenticator_app_shows_the_institute():
    assert second_step.SecondStepAdapter().get_totp_issuer() == "Saraswati Science  Classes"


@pytest.mark.parametrize("typed", ["Saraswati@12345", "vidyarthi12345"])
def test_neither_of_the_institutes_names_is_a_password(typed):
    with pytest.raises(Exception, match="little more than a name"):
        NotNames().validate(typed)
