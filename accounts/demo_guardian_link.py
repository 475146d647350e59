"""The demo's one guardian link: the same address and PIN each time, of this install's own."""

import json
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.urls import reverse
from django.utils import timezone

from accounts.demo import keep_secret
from accounts.guardian_passes import DAYS_AT_MOST, PIN_DIGITS
from accounts.models import GuardianPass, User
from accounts.models.invitations import hash_token

LABEL = "आजी, नाशिक"


def seed(people: dict[str, User]) -> dict[str, str]:
    """Make the link, or open it again for half a year; answers its `link` and `pin`, which DATA_DIR keeps (0600)."""
    token, pin = _kept()
    now = timezone.now()
    open_again = {"expires_at": now + timedelta(days=DAYS_AT_MOST), "wrong_pins": 0, "revoked_at": None}
    fields = {"student": people["ananya"], "created_by": people["rajendra"], "label": LABEL, "created_at": now}
    row, is_new = GuardianPass.objects.update_or_create(
        token_hash=hash_token(token),
        defaults=open_again,
        create_defaults=fields | open_again | {"pin_hash": make_password(pin)},
    )
    if not is_new and not check_password(pin, row.pin_hash):
        GuardianPass.objects.filter(pk=row.pk).update(pin_hash=make_password(pin))
    return {"link": f"{settings.BASE_URL}{reverse('guardian_link', kwargs={'token': token})}", "pin": pin}


def _kept() -> tuple[str, str]:
    path = settings.DATA_DIR / "secrets" / "demo_guardian_link.json"
    if not path.exists():
        made = {"token": secrets.token_urlsafe(32), "pin": f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"}
        keep_secret(path, json.dumps(made))
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["token"], kept["pin"]
