"""The mails that carry news: text with an HTML part in our look, in the person's language.

The words of the news were rendered when it was told; here only the frame is put around them. Inline style is right in a
mail and nowhere else: mail programs read nothing but.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.kinds import label_of
from accounts.models import Delivery, Institute, Notification


def write(deliveries: Sequence[Delivery]) -> EmailMultiAlternatives:
    """One mail for one delivery, or for a person's digest. Raises: ValueError for an address no header can hold."""
    first = deliveries[0]
    person, institute = first.notification.recipient, Institute.current()
    news = [delivery.notification for delivery in deliveries]
    choices = settings.BASE_URL + reverse("notification_choices")
    with translation.override(person.language or institute.language), timezone.override(institute.zone):
        words = {
            "language": translation.get_language(),
            "institute": institute.name,
            "person": person,
            "site": settings.BASE_URL,
            "choices": choices,
            "all": settings.BASE_URL + reverse("notification_list"),
        }
        if first.is_digest:
            subject, name = _digest_subject(news, institute.name), "digest"
            words["groups"] = _grouped(news)
        else:
            subject, name = news[0].title, "notification"
            words["news"] = news[0]
        text = render_to_string(f"accounts/email/{name}.txt", words).strip() + "\n"
        html = render_to_string(f"accounts/email/{name}.html", words)
    mail = EmailMultiAlternatives(header_text(subject), text, to=[str(person.email)])
    mail.extra_headers = {
        "Message-ID": message_id(deliveries),
        "List-Unsubscribe": f"<{choices}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: holiday replies stay at home
    }
    mail.attach_alternative(html, "text/html")
    return mail


def message_id(deliveries: Sequence[Delivery]) -> str:
    """The same whenever this is sent again: a mail server may then drop the second. A digest goes by its oldest."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    oldest = min(delivery.pk for delivery in deliveries)
    kind = "digest" if deliveries[0].is_digest else "news"
    return f"<{kind}-{oldest}@{host}>"


def header_text(text: str) -> str:
    """One line without control characters, as a header must be (RFC 5322, 2.2)."""
    visible = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join(visible.split())


def _digest_subject(news: Sequence[Notification], institute: str) -> str:
    counted = ngettext("%(count)d piece of news", "%(count)d pieces of news", len(news)) % {"count": len(news)}
    return _("%(institute)s: %(news)s") % {"institute": institute, "news": counted}


def _grouped(news: Sequence[Notification]) -> list[tuple[str, list[Notification]]]:
    """By kind, in the order of their names; within one as they happened."""
    ordered = sorted(news, key=lambda one: (label_of(one.kind).casefold(), one.kind, one.created_at))
    return [(label_of(kind), list(rows)) for kind, rows in groupby(ordered, key=lambda one: one.kind)]
