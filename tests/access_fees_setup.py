"""Who may open what of fees (setup): part of the table in `tests.access_table`."""

from typing import Any

from fees.models import FeeHead, FeePlan
from tests.access_batches import the_batch
from tests.access_rows import Row, only
from tests.fees import made


def the_batchs_number() -> dict[str, Any]:
    return {"public_id": the_batch().uuid}


def a_head() -> dict[str, Any]:
    return {"public_id": (FeeHead.objects.first() or made.head()).uuid}


def a_plan() -> dict[str, Any]:
    batch = the_batch()
    plan = FeePlan.objects.filter(batch=batch, enrolment=None).last() or made.plan(batch, (10_000, 0))
    return {"public_id": plan.uuid}


ADMINS_READ, ADMINS_SENT_ON = only("admin", status=200), only("admin", status=302)

FEES_SETUP: dict[str, Row] = {
    "fee_settings": Row(ADMINS_READ),
    "fee_head_list": Row(ADMINS_READ),
    "fee_head_create": Row(ADMINS_READ),
    "fee_head_change": Row(ADMINS_READ, kwargs=a_head),
    "fee_head_archive": Row(ADMINS_SENT_ON, method="post", kwargs=a_head, body={"do": "archive"}),
    "fee_plan_list": Row(ADMINS_READ),
    "fee_batch": Row(ADMINS_READ, kwargs=the_batchs_number),
    "fee_plan_create": Row(ADMINS_READ, kwargs=the_batchs_number),
    "fee_plan_preview": Row(ADMINS_READ, method="post", kwargs=the_batchs_number),
    "fee_batch_charge": Row(ADMINS_SENT_ON, method="post", kwargs=the_batchs_number),
    "fee_plan": Row(ADMINS_READ, kwargs=a_plan),
    "fee_plan_change": Row(ADMINS_READ, kwargs=a_plan),
    "fee_plan_offer": Row(ADMINS_SENT_ON, method="post", kwargs=a_plan, body={"do": "offer"}),
}
