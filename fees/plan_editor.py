"""The page on which a plan is written: its form with lines and instalments as one thing."""

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from batches.models import Batch, Enrolment
from coaching.lib.money import percent
from fees import heads
from fees.models import FeeHead, FeePlan, FeeSettings, PlanOffer
from fees.plan_forms import (
    EQUAL,
    FEW_PARTS,
    ONCE,
    OWN,
    SPARE_PARTS,
    LineForms,
    PartForms,
    PlanForm,
    equal,
    how_of,
)
from fees.plan_preview import Preview, Priced, parts_of, preview, rule_of
from fees.plans import Line, PlanMoved, PlanRefused, require_parts, write_plan
from fees.schedule import Part


class PlanEditor:
    """A plan of `batch` being written: a new one, or the next version of `over`. Five queries at most.

    With `enrolment` it becomes that student's own. `seen` is the version that stands now, when `over` is an older one;
    `posted` is what was sent, `status` what a page that shows it again answers.
    """

    def __init__(
        self,
        batch: Batch,
        *,
        over: FeePlan | None = None,
        seen: int | None = None,
        enrolment: Enrolment | None = None,
        posted: QueryDict | None = None,
    ) -> None:
        self.batch, self.over, self.enrolment = batch, over, enrolment
        self.seen = seen if seen is not None else over.version if over else 0
        self.status = 200
        self.settings = FeeSettings.current()
        self._sound: bool | None = None
        self._shown: Preview | None = None
        self._heads = {str(one.uuid): one for one in self._known_heads()}
        self._bind(posted)

    def _bind(self, posted: Any, given: dict[str, Any] | None = None, *, spare: int = 1) -> None:
        kwargs = {"choices": [(key, self._word(one)) for key, one in self._heads.items()]}
        initial = given or ({} if posted is not None else self._initial())
        self.form = PlanForm(posted, initial=initial)
        if not self.settings.taxes:
            self.form.fields["price_mode"].required = False
        if self.over is not None or self.enrolment is not None:
            self.form.fields["name"].required = False
            del self.form.fields["is_default"]
        self.lines = LineForms(posted, prefix="lines", initial=initial.get("lines"), form_kwargs=kwargs)
        rows = initial.get("parts") or []
        self.parts = PartForms(posted, prefix="parts", initial=rows)
        self.parts.extra = max(spare, FEW_PARTS - len(rows))

    def _known_heads(self) -> list[FeeHead]:
        """Those offered, and those of the plan it is written over although they are archived by now."""
        found = list(heads.offered())
        if self.over is not None:
            known = {one.pk for one in found}
            used = FeeHead.objects.filter(plan_lines__plan=self.over).order_by("name", "pk")
            return [*found, *(one for one in used if one.pk not in known)]
        return found or [FeeHead(uuid=key, name=str(name), **more) for key, (name, more) in heads.STARTERS.items()]

    def _word(self, head: FeeHead) -> str:
        if not self.settings.taxes:
            return head.name
        return _("%(name)s · %(rate)s %% GST") % {"name": head.name, "rate": percent(head.gst_bp)}

    # --- What stands in it ------------------------------------------------------------------------------------------

    def _initial(self) -> dict[str, Any]:
        if self.over is not None:
            return self._of_plan(self.over)
        first = next(iter(self._heads), "")
        has_default = PlanOffer.objects.filter(batch=self.batch, is_default=True, withdrawn_at=None).exists()
        return {
            "name": _("Full fee"),
            "price_mode": self.settings.price_mode,
            "how": ONCE,
            "months": 1,
            "fine_kind": FeePlan.Fine.NONE,
            "is_default": not has_default,
            "seen": 0,
            "lines": [{"head": first}],
        }

    def _of_plan(self, plan: FeePlan) -> dict[str, Any]:
        rule, parts = rule_of(plan), parts_of(plan)
        lines = plan.lines.select_related("head").order_by("position")
        return {
            "name": plan.name,
            "price_mode": plan.price_mode,
            "months": 1,
            **how_of(parts),
            "fine_kind": rule.kind,
            "fine_paise": rule.paise or None,
            "fine_grace_days": rule.grace_days or None,
            "fine_cap_paise": rule.cap,
            "seen": self.seen,
            "lines": [{"head": str(one.head.uuid), "paise": one.amount_paise} for one in lines],
            "parts": [_fields(one) for one in parts],
        }

    # --- What was typed ---------------------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Whether a plan can be made of it; what is wrong stands at its field."""
        if self._sound is None:
            self._sound = self._look()
        return self._sound

    @property
    def is_refused(self) -> bool:
        """Whether the page says what is wrong."""
        rows = (self.lines.total_error_count(), self.parts.total_error_count()) if self.form.is_bound else ()
        return bool(self.form.errors) or any(rows)

    def _look(self) -> bool:
        sound = [self.form.is_valid(), self.lines.is_valid()]
        if self.form.cleaned_data.get("how") == OWN:
            sound.append(self.parts.is_valid())
        if not all(sound):
            return False
        if not self._typed_lines():
            self.lines.forms[0].add_error("paise", _("Give the amount."))
            return False
        try:
            require_parts(self.batch, self._typed_parts(), total=self._total())
        except PlanRefused as refused:
            self._refuse(refused)
            return False
        return True

    def _typed_lines(self) -> list[tuple[str, int]]:
        given = [one.cleaned_data for one in self.lines.forms]
        return [(one["head"], one["paise"]) for one in given if one.get("paise")]

    def _total(self) -> int:
        return sum(paise for _head, paise in self._typed_lines())

    def _typed_parts(self) -> list[Part]:
        """Of valid forms."""
        given = self.form.cleaned_data
        if given["how"] == ONCE:
            return [Part(self._total(), days_after=0)]
        if given["how"] == EQUAL:
            return equal(self._total(), given["count"], given["first_on"], given["months"] or 1)
        return [part for part in (one.part() for one in self.parts.forms) if part]

    def _price_mode(self) -> str:
        return self.form.cleaned_data.get("price_mode") or (self.over or self.settings).price_mode

    def save(self, *, actor: User, now: datetime, request: HttpRequest | None = None) -> FeePlan | None:
        """The plan written, or None: then what is wrong stands at its field."""
        if not self.is_valid():
            return None
        try:
            return self._write(actor, now, request)
        except PlanMoved as moved:
            self._again(seen=moved.newest)
            self.form.add_error(None, moved.message)
            self.status = moved.status
        except PlanRefused as refused:
            self._sound = False
            self._refuse(refused)
        return None

    @transaction.atomic
    def _write(self, actor: User, now: datetime, request: HttpRequest | None) -> FeePlan:
        given = self.form.cleaned_data
        name = self.over.name if self.over and not self.enrolment else given["name"]
        return write_plan(
            self.batch,
            name=name or _("Own plan"),
            price_mode=self._price_mode(),
            lines=[Line(self._head(key, actor, request), paise) for key, paise in self._typed_lines()],
            parts=self._typed_parts(),
            fine=self.form.rule(),
            actor=actor,
            now=now,
            enrolment=self.enrolment,
            note=given["note"],
            is_default=given.get("is_default", False),
            seen=given["seen"],
            request=request,
        )

    def _head(self, key: str, actor: User, request: HttpRequest | None) -> FeeHead:
        return self._heads[key] if self._heads[key].pk else heads.starter(key, actor=actor, request=request)

    def _refuse(self, refused: PlanRefused) -> None:
        at = {"name": "name", "parts": "how", "fine": "fine_kind"}.get(refused.field)
        self.form.add_error(at if at in self.form.fields else None, refused.message)

    # --- Looking and writing out ------------------------------------------------------------------------------------

    def preview(self) -> Preview | None:
        """What a student would pay by what stands here; None while it cannot be read."""
        if not self.form.is_bound:
            return self._shown or (self._preview(self.over) if self.over else None)
        if not self.is_valid():
            return None
        return preview(
            [self._priced(key, paise) for key, paise in self._typed_lines()],
            self._typed_parts(),
            rule=self.form.rule(),
            price_mode=self._price_mode(),
            settings=self.settings,
        )

    def first_fault(self) -> str:
        """The first thing that is wrong, in words; "" when a plan can be made of it."""
        if not self.form.is_bound or self.is_valid():
            return ""
        rows = [*self.lines.forms, *self.parts.forms]
        found = [one for form in (self.form, *rows) for errors in form.errors.values() for one in errors]
        return str(found[0]) if found else ""

    def _preview(self, plan: FeePlan) -> Preview:
        """By the heads as they are now, since that is what another version gets."""
        found = plan.lines.select_related("head").order_by("position")
        priced = [self._priced(str(one.head.uuid), one.amount_paise) for one in found]
        return preview(priced, parts_of(plan), rule=rule_of(plan), price_mode=plan.price_mode, settings=self.settings)

    def _priced(self, key: str, paise: int) -> Priced:
        head = self._heads[key]
        return Priced(head.name, paise, head.gst_bp, head.is_one_off)

    def write_out(self) -> None:
        """Equal instalments become rows to be changed one by one, and there is room for more rows and amounts."""
        if self.form.data.get("how") == EQUAL and not self.is_valid():
            return
        self._shown = self.preview()
        data = {name: self.form.data.get(name) for name in self.form.fields}
        lines = _typed(self.lines, ("head", "paise"))
        rows, spare = _typed(self.parts, ("paise", "due_on", "days_after")), SPARE_PARTS
        if self.is_valid() and self.form.cleaned_data["how"] == EQUAL:
            rows, spare = [_fields(one) for one in self._typed_parts()], 1
        self._bind(None, {**data, "how": OWN, "lines": lines, "parts": rows}, spare=spare)

    def _again(self, *, seen: int) -> None:
        again = cast("QueryDict", self.form.data).copy()
        again["seen"] = str(seen)
        self.form.data = again


def _typed(rows: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of a set of forms as they were typed, without empty ones."""
    found = [{name: one.data.get(one.add_prefix(name), "") for name in names} for one in rows.forms]
    return [row for row in found if any(row.values())]


def _fields(part: Part) -> dict[str, Any]:
    return {"paise": part.paise, "due_on": part.due_on, "days_after": part.days_after}
