"""The kinds of paper."""

from enum import StrEnum


class PaperKind(StrEnum):
    """The kinds of paper that are printed."""

    CONTRACT = "contract"
    INVOICE = "invoice"
    ACT = "act"
    STATEMENT = "statement"
    CREDIT_NOTE = "credit_note"
    CERTIFICATE = "certificate"
    OFFER = "offer"
    RECONCILIATION = "reconciliation"
