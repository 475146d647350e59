"""The states and union territories of India, as an address and a tax document name them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ELSEWHERE = "Outside India"

STATES: dict[str, str | Promise] = {
    "Andaman and Nicobar Islands": _("Andaman and Nicobar Islands"),
    "Andhra Pradesh": _("Andhra Pradesh"),
    "Arunachal Pradesh": _("Arunachal Pradesh"),
    "Assam": _("Assam"),
    "Bihar": _("Bihar"),
    "Chandigarh": _("Chandigarh"),
    "Chhattisgarh": _("Chhattisgarh"),
    "Dadra and Nagar Haveli and Daman and Diu": _("Dadra and Nagar Haveli and Daman and Diu"),
    "Delhi": _("Delhi"),
    "Goa": _("Goa"),
    "Gujarat": _("Gujarat"),
    "Haryana": _("Haryana"),
    "Himachal Pradesh": _("Himachal Pradesh"),
    "Jammu and Kashmir": _("Jammu and Kashmir"),
    "Jharkhand": _("Jharkhand"),
    "Karnataka": _("Karnataka"),
    "Kerala": _("Kerala"),
    "Ladakh": _("Ladakh"),
    "Lakshadweep": _("Lakshadweep"),
    "Madhya Pradesh": _("Madhya Pradesh"),
    "Maharashtra": _("Maharashtra"),
    "Manipur": _("Manipur"),
    "Meghalaya": _("Meghalaya"),
    "Mizoram": _("Mizoram"),
    "Nagaland": _("Nagaland"),
    "Odisha": _("Odisha"),
    "Puducherry": _("Puducherry"),
    "Punjab": _("Punjab"),
    "Rajasthan": _("Rajasthan"),
    "Sikkim": _("Sikkim"),
    "Tamil Nadu": _("Tamil Nadu"),
    "Telangana": _("Telangana"),
    "Tripura": _("Tripura"),
    "Uttar Pradesh": _("Uttar Pradesh"),
    "Uttarakhand": _("Uttarakhand"),
    "West Bengal": _("West Bengal"),
    ELSEWHERE: _("Outside India"),
}
