"""What pages of files say in passing."""

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dfs.models import StoredFile


def in_trash(request: HttpRequest, file: StoredFile, *, back_url: str) -> str:
    """With a small form that takes it out again; safe HTML, because the messages show it as it is."""
    return format_html(
        '{}<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn">{}</button></form>',
        _("“%(name)s” is in the trash.") % {"name": file.name},
        back_url,
        get_token(request),
        _("Undo"),
    )
