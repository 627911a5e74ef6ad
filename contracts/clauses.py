"""The numbered clauses of the printed contract that a rule of the desk rests on."""

CLAUSES = {
    "CONTRACT_EXISTS": "1.1",
    "PRODUCT_COVERED": "1.2",
    "TERM_STARTED": "2.1",
    "TERM_RUNNING": "2.1",
    "NOT_SUSPENDED": "2.4",
    "SERVICE_INCLUDED": "3.1",
    "MINUTES_AVAILABLE": "3.2",
}
