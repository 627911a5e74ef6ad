"""Which clause of the printed contract each answer of the desk stands in."""

# The numbers are those of the template's version 1; a version 2 brings a table of its own (P2).
_CLAUSES = {
    "2.1": ("PRODUCT_NOT_COVERED", "BASE_PLAN_INACTIVE", "PRODUCT_COVERED"),
    "2.2": ("SERVICE_NOT_INCLUDED", "CHANNEL_NOT_INCLUDED", "LINE_NOT_INCLUDED", "SERVICE_PAID_SEPARATELY"),
    "3.1": ("CONTRACT_NOT_STARTED", "CONTRACT_LAPSED"),
    "3.2": ("NOT_SIGNED",),
    "4.3": ("PAYMENT_OVERDUE", "PAYMENT_OVERDUE_HOLD", "COVERED_PAYMENT_DUE"),
    "5.1": ("HOURS_EXHAUSTED", "REQUEST_EXCEEDS_BALANCE", "COVERED_LOW_BALANCE", "MINUTES_AVAILABLE"),
    "5.7": ("OVERAGE_NEEDS_APPROVAL", "COVERED_BY_OVERAGE"),
    "5.8": ("OVERRUN_LIMIT_REACHED",),
    "6.1": ("COVERED_RENEWAL_DUE",),
    "6.3": ("COVERED_IN_GRACE",),
    "6.4": ("CONTRACT_CANCELLED",),
    "6.5": ("CONTRACT_SUSPENDED",),
}
CLAUSE_OF = {code: number for number, codes in _CLAUSES.items() for code in codes}
