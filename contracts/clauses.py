"""The numbered clauses of the printed contract that a rule of the desk rests on."""

# As the contract's template v1 numbers them; a template that numbers otherwise brings its own table (P2).
CLAUSES = {
    "CONTRACT_EXISTS": "1.1",
    "PRODUCT_COVERED": "2.1",
    "REGISTER_CHECKED": "2.1",
    "SERVICE_INCLUDED": "2.2",
    "TERM_STARTED": "3.1",
    "TERM_RUNNING": "3.1",
    "CHANNEL_INCLUDED": "2.5",
    "LINE_INCLUDED": "2.5",
    "CONTACT_NAMED": "2.5",
    "COUNT_AVAILABLE": "2.6",
    "SERVICE_IN_PRICE": "2.7",
    "MINUTES_AVAILABLE": "5.1",
    "NOT_CANCELLED": "6.4",
    "SIGNED": "3.2",
    "REGISTERED_WITH_US": "2.1",
    "PAID": "4.3",
    "PAID_OR_APPROVED": "4.3",
    "BASE_PLAN_ACTIVE": "2.1",
    "NOT_SUSPENDED": "6.5",
}
