"""Where check-ins were sent from: teachers see a band of distance, admins coordinates until their time is over."""

import math

from django.utils.translation import gettext as _

BANDS_M = (10, 25, 50, 100, 150, 250, 500, 1000, 2000, 5000, 10_000)


def band(distance_m: float | None) -> str:
    """The band a distance lies in, "25–50 m" or "2–5 km": enough to judge by, too coarse to find somebody."""
    if distance_m is None or not math.isfinite(distance_m):
        return ""
    above = next((most for most in BANDS_M if distance_m <= most), None)
    if above is None:
        return _("more than %(km)d km") % {"km": BANDS_M[-1] // 1000}
    below = BANDS_M[BANDS_M.index(above) - 1] if above != BANDS_M[0] else 0
    if above <= 1000:
        return _("%(least)d–%(most)d m") % {"least": below, "most": above}
    return _("%(least)d–%(most)d km") % {"least": below // 1000, "most": above // 1000}
