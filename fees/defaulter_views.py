"""Who owes what was due before today, and reminding them by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant
from coaching.lib.uuids import uuids_of
from fees import ageing, defaulters, reminders
from fees.models import Due
from fees.report_asked import Asked

PAGE_ROWS = 50


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_defaulters(request: SignedInRequest) -> HttpResponse:
    """Students with overdue dues."""
    asked = Asked(request, now=timezone.now())
    dues = defaulters.dues_of(asked, Due.objects.for_user(request.user))
    students, paise = defaulters.sums_of(dues)
    pages = Paginator(defaulters.grouped(dues, order=asked.sort, now=asked.now), PAGE_ROWS)
    pages.count = students  # counted already
    page = pages.get_page(asked.page)
    rows = defaulters.with_names(page, dues, today=asked.today)
    context = {"page": page, "rows": rows, "students": students, "paise": paise, "buckets": ageing.BUCKETS}
    return render(request, "fees/reports/defaulters.html", asked.context | context)


@grant_required(Grant.Kind.CASHIER)
@require_POST
def fee_remind(request: SignedInRequest) -> HttpResponse:
    """Those who were ticked: first who would be told, then, with `send`, it is done."""
    asked = Asked(request, now=timezone.now())
    dues = defaulters.dues_of(asked, Due.objects.for_user(request.user))
    numbers, is_all = uuids_of(request.POST.getlist("account")), "all" in request.POST
    dues = defaulters.chosen(dues, numbers, is_all=is_all)
    back = reverse("fee_defaulters") + asked.address()
    if "send" in request.POST:
        count = reminders.remind(dues, actor=request.user, now=asked.now, request=request)
        said = ngettext("%(count)d family is reminded.", "%(count)d families are reminded.", count)
        messages.success(request, said % {"count": count})
        return redirect(back)
    told = defaulters.told(dues, actor=request.user, now=asked.now)
    context = {"told": told, "numbers": numbers, "is_all": is_all, "asked": asked, "back": back}
    return render(request, "fees/reports/remind.html", context)
