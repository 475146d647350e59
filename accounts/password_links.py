"""A link at which somebody sets a password: asked for at the door, sent by a worker.

The answer at the door is the same for everybody, and so is the work behind it: one look, one line of the log, one
message of a number. Whether a mail goes out is decided by the worker, so neither words nor time tell who is known.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts import activity, limits
from accounts.models import Institute, User
from coaching.lib.errors import Unavailable

NOBODY = 0
MAIL_TIMEOUT_S = 15


def ask(identifier: str, *, request: HttpRequest) -> None:
    """Have a link sent to the person of this e-mail address or admission number, if he has an address.

    Raises: TooMany after too many wishes, Unavailable when no worker can be told.
    """
    limits.take_reset(request, identifier)
    person: User | None = User.objects.known_as(identifier).active().first()
    activity.record("person.password_link_asked", subject=person, request=request)
    try:
        current_app.send_task("accounts.tasks.send_password_link", args=[person.pk if person else NOBODY])
    except (OperationalError, OSError) as error:
        raise Unavailable(_("No mail can be sent right now. Try again in a minute.")) from error


def send(person_pk: int) -> None:
    """Send the link, in the person's language. Raises: OSError when the mail server does not take it."""
    person = User.objects.active().filter(pk=person_pk).exclude(email=None).first()
    if person is None:
        return
    with translation.override(person.language or Institute.current().language):
        words = {"password_reset_url": address_for(person), "name": person.name, "institute": Institute.current().name}
        subject = " ".join(render_to_string("account/email/password_reset_key_subject.txt", words).split())
        body = render_to_string("account/email/password_reset_key_message.txt", words).strip() + "\n"
    connection = get_connection(timeout=MAIL_TIMEOUT_S)  # a server that says nothing must not keep the worker
    EmailMessage(subject, body, to=[str(person.email)], connection=connection).send()


def address_for(person: User) -> str:
    """Where the person sets his password: works once, for PASSWORD_RESET_TIMEOUT seconds, below BASE_URL alone."""
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
    return f"{settings.BASE_URL}{path}"
