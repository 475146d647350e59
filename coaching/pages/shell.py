"""The frame around every page: one definition of the navigation for rail, tab bar and the More page.

An entry whose page does not exist yet (no such URL name) is left out, so that nothing promises what is not there.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import frame, notifications
from accounts.models import Grant, Institute, Role, User
from coaching.templatetags.figures import first_cluster

TABS = 5
EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})
TEACHERS = frozenset({Role.TEACHER})
STAFF = frozenset({Role.STAFF})
LEARNERS = frozenset({Role.STUDENT})
GUARDIANS = frozenset({Role.GUARDIAN})


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation. `route` is a URL name, `group` where it stands in the rail ("" on top).

    `short` is the label under a phone's tab when the other is too long for it; `tab`: whose phone has it there. Staff
    and teachers see an entry with a `grant` only when they were given it.
    """

    label: Any
    icon: str
    route: str
    group: Any = ""
    roles: frozenset[Role] = EVERYBODY
    short: Any = ""
    tab: frozenset[Role] = frozenset()
    grant: Grant.Kind | None = None


NAVIGATION = (
    Entry(_("Home"), "house", "dashboard", tab=EVERYBODY),
    Entry(_("Calendar"), "calendar", "calendar", tab=EVERYBODY),
    Entry(_("Children"), "baby", "child_list", roles=GUARDIANS, tab=GUARDIANS),
    Entry(_("My batches"), "graduation-cap", "my_batches", "", LEARNERS, _("Batches"), LEARNERS),
    Entry(_("Attendance"), "list-checks", "attendance", roles=LEARNERS | GUARDIANS, tab=LEARNERS | GUARDIANS),
    Entry(_("Tests"), "file-check", "test_list", roles=LEARNERS | GUARDIANS),
    Entry(_("Fees"), "indian-rupee", "fees", roles=LEARNERS | GUARDIANS),
    Entry(_("Batches"), "graduation-cap", "batch_list", _("Teaching"), ADMINS | TEACHERS, "", ADMINS | TEACHERS),
    Entry(_("Students"), "users", "student_list", _("Teaching"), TEACHERS),
    Entry(_("Attendance"), "list-checks", "attendance", _("Teaching"), ADMINS | TEACHERS, "", TEACHERS),
    Entry(_("Tests"), "file-check", "test_list", _("Teaching"), ADMINS | TEACHERS),
    Entry(_("Requests about attendance"), "calendar-clock", "ask_list", _("Teaching"), ADMINS | TEACHERS),
    Entry(_("Requests to join"), "user-check", "join_request_list", _("Teaching"), ADMINS | TEACHERS),
    Entry(_("Check-in rules"), "map-pin-check", "check_in_rules", _("Teaching"), ADMINS),
    Entry(_("Holidays"), "tree-palm", "holiday_list", _("Teaching"), ADMINS),
    Entry(_("Clashes"), "calendar-x", "clash_report", _("Teaching"), ADMINS),
    Entry(_("Rooms and subjects"), "map-pin", "places", _("Teaching"), ADMINS),
    Entry(_("Who has paid"), "indian-rupee", "fee_status", _("Teaching"), TEACHERS, grant=Grant.Kind.FEE_STATUS),
    Entry(_("Counter"), "wallet", "counter", _("Office"), ADMINS | STAFF, "", STAFF, Grant.Kind.CASHIER),
    Entry(_("Receipts"), "receipt", "receipt_list", _("Office"), ADMINS | STAFF, grant=Grant.Kind.CASHIER),
    Entry(_("Fees"), "indian-rupee", "fees", _("Office"), ADMINS),
    Entry(_("Fees"), "indian-rupee", "fees_overview", _("Office"), STAFF, grant=Grant.Kind.CASHIER),
    Entry(_("People"), "users", "people", _("Office"), ADMINS, tab=ADMINS),
    Entry(_("Invitations"), "user-plus", "invitation_list", _("Office"), ADMINS),
    Entry(_("Questions"), "message-circle-question-mark", "question_list", _("Office"), ADMINS),
    Entry(_("Institute"), "building-2", "institute", _("Office"), ADMINS),
    Entry(_("Files and Drives"), "server", "dfs:console", _("System"), ADMINS, _("Drives")),
    Entry(_("Deliveries"), "send", "delivery_list", _("System"), ADMINS),
    Entry(_("Activity"), "clock", "activity", _("System"), ADMINS),
    Entry(_("Erasure"), "eraser", "erasure_list", _("System"), ADMINS),
    Entry(_("My files"), "files", "dfs:file_list", pgettext_lazy("navigation", "Yours"), tab=STAFF),
    Entry(_("My Drives"), "hard-drive", "dfs:drive_list", pgettext_lazy("navigation", "Yours")),
    Entry(
        _("Ask the office"),
        "message-circle-question-mark",
        "question_list",
        pgettext_lazy("navigation", "Yours"),
        EVERYBODY - ADMINS,
        _("Office"),
        STAFF,
    ),
    Entry(_("Profile"), "user", "profile", pgettext_lazy("navigation", "Yours")),
    Entry(_("Privacy"), "shield-check", "privacy", pgettext_lazy("navigation", "Yours")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this person sees it on this page."""

    label: str
    icon: str
    url: str
    is_current: bool
    short: str


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading of the rail; the first group has none."""

    title: str
    links: list[Link]


@dataclass(frozen=True, slots=True)
class Shell:
    """What base.html needs besides the page. `short` is the name for narrow places, `logo` an address or ""."""

    institute: str
    short: str
    logo: str
    mark: str
    theme: str
    role: str
    groups: list[Group]
    tabs: list[Link]
    unread: str = ""


@cache
def _address(route: str) -> str:
    """Of a route without arguments, looked up once; "" while there is none."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _entries(user: User) -> list[Entry]:
    held = frozenset(Grant.Kind) if user.is_admin else frame.grants(user)
    mine = (entry for entry in NAVIGATION if user.role in entry.roles and _address(entry.route))
    return [entry for entry in mine if entry.grant is None or entry.grant in held]


def _links(entries: list[Entry], path: str) -> list[Link]:
    """The current one is the longest address the path begins with: /dfs/files/ is not the console."""
    urls = [_address(entry.route) for entry in entries]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    return [
        Link(str(e.label), e.icon, url, url == here, str(e.short or e.label))
        for e, url in zip(entries, urls, strict=True)
    ]


def _grouped(entries: list[Entry], links: list[Link]) -> list[Group]:
    groups: list[Group] = []
    for entry, link in zip(entries, links, strict=True):
        title = str(entry.group)
        if not groups or groups[-1].title != title:
            groups.append(Group(title, []))
        groups[-1].links.append(link)
    return groups


def _tabs(entries: list[Entry], links: list[Link], role: str, path: str) -> list[Link]:
    """At most five at a thumb's reach; the last is always More, where the rest, the look and sign-out are."""
    url = _address("more")
    near = [link for entry, link in zip(entries, links, strict=True) if role in entry.tab][: TABS - 1]
    is_elsewhere = path == url or any(link.is_current for link in links if link not in near)
    return [*near, Link(gettext("More"), "menu", url, is_elsewhere, gettext("More"))]


def _plain(institute: Institute) -> Shell:
    """The frame of a page for nobody in particular."""
    logo = f"{reverse('institute_logo')}?v={institute.logo_etag}" if institute.logo_etag else ""
    name = institute.name
    return Shell(name, institute.short_name or name, logo, first_cluster(name), "", "", [], [])


def _shell(request: HttpRequest) -> Shell:
    user = getattr(request, "user", None)
    plain = _plain(Institute.current())
    if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
        return plain
    person: User = user  # type: ignore[assignment]
    person.photo_tag, unread = frame.photo_and_news(person)
    entries = _entries(person)
    links = _links(entries, request.path)
    return replace(
        plain,
        theme="" if person.theme == User.Theme.SYSTEM else person.theme,
        role=str(Role(person.role).label),
        groups=_grouped(entries, links),
        tabs=_tabs(entries, links, person.role, request.path),
        unread=notifications.as_shown(unread),
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: a fragment that does not extend base.html pays nothing."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}
