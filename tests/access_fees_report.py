"""Who may open what of fees (report): part of the table in `tests.access_table`.

Admins, and staff with the cashier's right; "cashier" of these tests has it not, and the tests of the pages give it him.
"""

from tests.access_rows import Row, only

OFFICE = only("admin", status=200)

FEES_REPORT: dict[str, Row] = {
    "fees_overview": Row(OFFICE),
    "due_list": Row(OFFICE),
    "due_list_export": Row(OFFICE, "post"),
    "fee_ageing": Row(OFFICE),
    "fee_ageing_export": Row(OFFICE, "post"),
    "fee_defaulters": Row(OFFICE),
    "fee_defaulters_export": Row(OFFICE, "post"),
    "fee_remind": Row(OFFICE, "post"),
    "fee_collections": Row(OFFICE),
    "fee_collections_export": Row(OFFICE, "post"),
    "fee_gst": Row(OFFICE),
    "fee_gst_export": Row(OFFICE, "post"),
    "fee_registers": Row(OFFICE),
    "fee_register": Row(OFFICE, kwargs=lambda: {"kind": "documents"}),
    "fee_register_export": Row(OFFICE, "post", lambda: {"kind": "advances"}),
}
