"""The second step at sign-in: a code of an authenticator app, a passkey, and the recovery codes that go with them.

The rows are allauth's (`mfa_authenticator`): one per app, per passkey and per set of recovery codes. What is secret in
them is sealed by the master key ring. Every change happens under the lock on the person's row and ends his other
sessions in the same transaction.

Source: RFC 6238 (a code is accepted once: section 5.2), NIST SP 800-63B (notice of changes).
"""

import base64
import ipaddress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import qrcode
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage

from accounts import activity, news, sessions, ways_in
from accounts.models import Institute, SessionSlot, User
from coaching.lib.errors import DomainError, NotAllowed
from coaching.lib.sealing import SealBroken, ring
from coaching.lib.statements import written_once

PURPOSE = "totp"
APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
MAX_PASSKEYS = 10
CODES_SHOWN_S = 1800
_PENDING, _TO_SHOW = "second_step.pending", "second_step.to_show"


class NothingToReset(DomainError):
    """The person has no second step."""

    code = "nothing_to_reset"


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks about seeds and names."""

    def encrypt(self, text: str) -> str:
        """Sealed by the active master key, as text for a JSON column."""
        return base64.urlsafe_b64encode(ring().seal(PURPOSE, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises: SealBroken."""
        return ring().open(PURPOSE, sealed_bytes(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return Institute.current().name.replace(":", " ")

    def build_totp_svg(self, url: str) -> str:
        """Dark on white in both themes, because that is what cameras read."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, border=2).save(drawn)
        return drawn.getvalue().decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site a passkey belongs to: BASE_URL's host. An address in numbers can have none, so there the host asked
        for counts (a demo on localhost)."""
        host = urlsplit(settings.BASE_URL).hostname or ""
        if not host or _is_address(host):
            host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": Institute.current().name}


@dataclass
class Standing:
    """What a person has of the second step. `codes_left` of `codes_made` recovery codes are unused."""

    app: Authenticator | None = None
    passkeys: list[Authenticator] = field(default_factory=list)
    codes: Authenticator | None = None
    codes_left: int = 0
    codes_made: int = 0

    @property
    def is_on(self) -> bool:
        return bool(self.app or self.passkeys)

    @property
    def are_codes_few(self) -> bool:
        return self.codes_left < 4


def standing(person: User) -> Standing:
    """How the person's second step stands, in one query; opens no secret."""
    found = Standing(codes_made=mfa.RECOVERY_CODE_COUNT)
    for row in _steps_of(person=person.pk):
        if row.type == APP:
            found.app = row
        elif row.type == PASSKEY:
            found.passkeys.append(row)
        else:
            found.codes, found.codes_left = row, found.codes_made - int(row.data["used_mask"]).bit_count()
    return found


@written_once
def _steps_of(*, person: int) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=User(pk=person)).order_by("pk")
    return rows


def is_on(person: User) -> bool:
    """Whether signing in asks this person for a second step."""
    return bool(Authenticator.objects.filter(user=person, type__in=(APP, PASSKEY)).exists())


def is_demanded_of(person: User) -> bool:
    """Admins of a real institute must have one."""
    return bool(settings.MFA_REQUIRED and person.is_admin)


def confine(request: HttpRequest, person: User) -> None:
    """After a sign-in through the door: who must have a second step and has none may only set it up."""
    slot: SessionSlot | None = getattr(request, "session_slot", None)
    if slot is not None and is_demanded_of(person) and not is_on(person):
        _keep_confined(slot, confined=True)


# --- Codes -----------------------------------------------------------------------------------------------------------


def pending_secret(request: HttpRequest) -> str:
    """The app's secret that is being set up in this session, made when there is none; sealed where it waits."""
    try:
        return str(get_adapter().decrypt(request.session[_PENDING]))
    except (KeyError, SealBroken):
        secret: str = generate_totp_secret()
        request.session[_PENDING] = get_adapter().encrypt(secret)
        return secret


def step_of(secret: str, code: str, *, now_s: float) -> int | None:
    """The time step (30 s each) whose code this is, MFA_TOTP_TOLERANCE steps around now; None when it is none's."""
    tolerance, here = mfa.TOTP_TOLERANCE, int(now_s) // mfa.TOTP_PERIOD
    for step in range(here - tolerance, here + tolerance + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def use_code(person: User, code: str, *, now_s: float) -> Authenticator | None:
    """Whose code this is, the app's or the recovery codes'; None for a wrong one or one that was used.

    The rows are locked, so of two processes that get the same code at once one refuses it. A step is used up with all
    before it.
    """
    held = {
        row.type: row for row in Authenticator.objects.select_for_update().filter(user=person).exclude(type=PASSKEY)
    }
    app, codes = held.get(APP), held.get(CODES)
    if app is not None:
        step = step_of(get_adapter().decrypt(app.data["secret"]), code, now_s=now_s)
        if step is not None:
            if step <= app.data.get("step", 0):
                return None
            app.data["step"] = step
            app.save(update_fields=["data"])
            return app
    return codes if codes is not None and codes.wrap().validate_code(code) else None


# --- Changes ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_up_app(request: HttpRequest, *, step: int) -> bool:
    """Keep the pending secret as the person's app, instead of an older one; `step` is that of the code he showed.

    Returns whether recovery codes were made with it.
    """
    person = _locked(request)
    Authenticator.objects.filter(user=person, type=APP).delete()
    row = TOTP.activate(person, pending_secret(request)).instance
    row.data["step"] = step
    row.save(update_fields=["data"])
    request.session.pop(_PENDING, None)
    made = _make_codes(request, person)
    _free(request)
    _changed(request, person, event="second_step.added", kind=APP)
    return made


@transaction.atomic
def add_passkey(request: HttpRequest, *, name: str, credential: dict[str, Any]) -> bool:
    """Keep a passkey whose registration was checked. Returns whether recovery codes were made with it.

    Raises: NotAllowed past MAX_PASSKEYS.
    """
    person = _locked(request)
    if Authenticator.objects.filter(user=person, type=PASSKEY).count() >= MAX_PASSKEYS:
        raise NotAllowed(_("You have %(count)d passkeys. Remove one first.") % {"count": MAX_PASSKEYS})
    WebAuthn.add(person, name, credential)
    made = _make_codes(request, person)
    _free(request)
    _changed(request, person, event="second_step.added", kind=PASSKEY, name=name)
    return made


def rename_passkey(passkey: Authenticator, *, name: str) -> None:
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])


@transaction.atomic
def remove(request: HttpRequest, *, authenticator: Authenticator) -> None:
    """Take an app or a passkey away. With the last one the recovery codes go, and an admin is confined again.

    Raises: NotAllowed for a passkey that is the only way in.
    """
    person = _locked(request)
    Authenticator.objects.filter(pk=authenticator.pk, user=person).delete()
    if authenticator.type == PASSKEY and not ways_in.google_account(person) and not ways_in.has_another_way(person):
        raise NotAllowed(_("It is your only way in. Set a password first, or add another passkey."))
    if not is_on(person):
        Authenticator.objects.filter(user=person).delete()
        request.session.pop(STATE_SESSION_KEY, None)  # what waits for a confirmation is no longer his to do
        confine(request, person)
    name = str(authenticator.data.get("name", ""))
    _changed(request, person, event="second_step.removed", kind=authenticator.type, name=name)


@transaction.atomic
def make_new_codes(request: HttpRequest) -> None:
    """Ten new recovery codes; the old ones are dead. Raises: NothingToReset without an app or a passkey."""
    person = _locked(request)
    if not is_on(person):
        raise NothingToReset(_("Set up an app or a passkey first; recovery codes come with it."))
    Authenticator.objects.filter(user=person, type=CODES).delete()
    _make_codes(request, person)
    _changed(request, person, event="second_step.codes_made", kind=CODES)


@transaction.atomic
def reset(person: User, *, actor: User | None = None, request: HttpRequest | None = None) -> None:
    """Take all of it from somebody who lost his phone; his sessions end, and he is told by mail.

    Raises: NotAllowed for one's own, NothingToReset when there is none.
    """
    if actor == person:
        raise NotAllowed(_("Another admin resets yours. While you are signed in, change it in your profile."))
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not Authenticator.objects.filter(user=person).delete()[0]:
        raise NothingToReset(_("%(name)s has no second step.") % {"name": person.name})
    sessions.end_all(person, reason=SessionSlot.EndReason.MFA_CHANGE, actor=actor, request=request)
    line = activity.record("second_step.reset", actor=actor, subject=person, on=person, request=request)
    news.of_change(person, line=line)


# --- Recovery codes, seen once ----------------------------------------------------------------------------------------


def codes_to_show(request: HttpRequest) -> list[str]:
    """The codes that this session has just made and whose keeping nobody has confirmed yet; else none."""
    row = Authenticator.objects.filter(pk=request.session.get(_TO_SHOW), user=request.user.pk, type=CODES).first()
    if row is None or (timezone.now() - row.created_at).total_seconds() > CODES_SHOWN_S:
        return []
    return [f"{code[:4]} {code[4:]}" for code in row.wrap().get_unused_codes()]


def codes_are_kept(request: HttpRequest) -> None:
    """From now on nobody sees them any more."""
    request.session.pop(_TO_SHOW, None)


def _make_codes(request: HttpRequest, person: User) -> bool:
    if Authenticator.objects.filter(user=person, type=CODES).exists():
        return False
    request.session[_TO_SHOW] = RecoveryCodes.activate(person).instance.pk
    return True


# --- What goes with every change --------------------------------------------------------------------------------------


def sealed_bytes(text: str) -> bytes:
    """The ring's token in a column. Raises: SealBroken when it is none."""
    try:
        return base64.urlsafe_b64decode(text)
    except ValueError:
        raise SealBroken("not a sealed token") from None


def _locked(request: HttpRequest) -> User:
    person: User = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    return person


def _free(request: HttpRequest) -> None:
    """The session may do more than before, so its key changes, too."""
    slot: SessionSlot | None = getattr(request, "session_slot", None)
    if slot is None:
        return
    _keep_confined(slot, confined=False)
    request.session.cycle_key()
    slot.refresh_from_db(fields=["key_hash"])


def _keep_confined(slot: SessionSlot, *, confined: bool) -> None:
    slot.must_enrol = confined
    SessionSlot.objects.filter(pk=slot.pk).update(must_enrol=confined)


def _changed(request: HttpRequest, person: User, *, event: str, kind: str, name: str = "") -> None:
    """In the log in no language: `kind` is an Authenticator.Type, `name` what a passkey is called."""
    keep = sessions.slot_id(request)
    sessions.end_all(person, reason=SessionSlot.EndReason.MFA_CHANGE, actor=person, request=request, keep=keep)
    line = activity.record(event, actor=person, subject=person, request=request, kind=str(kind), name=name)
    news.of_change(person, line=line)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
