"""The report of clashes, for admins."""

from collections import Counter
from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from batches import clash_report
from batches.clashes import KINDS

PAGE_ROWS = 25
WEEKS = (2, 8, 26, 52)


@role_required(Role.ADMIN)
@require_safe
def clash_report_page(request: SignedInRequest) -> HttpResponse:
    """Clashes of the coming classes by kind and time; `weeks` and `kind` narrow them."""
    now = timezone.now()
    weeks = next((number for number in WEEKS if str(number) == request.GET.get("weeks")), WEEKS[1])
    found = clash_report.found(since=now, until=now + timedelta(weeks=weeks))
    kind = next((one for one in KINDS if one == request.GET.get("kind")), "")
    counts = Counter(str(one.kind) for one in found)
    titles = {
        "": _("All"),
        "teacher": _("Teacher"),
        "room": _("Room"),
        "batch": _("Batch"),
        "students": _("Students"),
    }
    page = Paginator([one for one in found if kind in ("", one.kind)], PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": clash_report.lines(list(page)),
        "kinds": [(key, title, counts[key] if key else len(found)) for key, title in titles.items()],
        "kind": kind,
        "weeks": weeks,
        "stretches": WEEKS,
    }
    return render(request, "batches/clash_report.html", context)
