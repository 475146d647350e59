"""A share in words: what it is of, and how many classes it leaves a student."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.shares import Share


def definition() -> str:
    """What a share is of, as every page that shows one says it."""
    return _(
        "Attendance is present and late, out of present, late and absent. Leave, cancelled classes and what nobody has "
        "decided yet do not count. Percentages are rounded down."
    )


def outlook(share: Share, wanted: int) -> str:
    """Needs 3 more for 75 %; can miss 7. With a small letter, as it stands within a line."""
    needed = share.needed(wanted)
    if needed is None:
        return _("%(wanted)d %% cannot be reached any more") % {"wanted": wanted}
    words = {"count": needed, "wanted": wanted}
    if needed:
        return (
            ngettext("needs %(count)d more for %(wanted)d %%", "needs %(count)d more for %(wanted)d %%", needed) % words
        )
    spare = share.can_miss(wanted)
    if not spare:
        return _("must not miss the next one")
    return ngettext("can miss %(count)d", "can miss %(count)d", spare) % {"count": spare}
