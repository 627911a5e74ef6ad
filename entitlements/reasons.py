"""The closed list of answers to the desk's question, in their fixed order of precedence (rule D2)."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the desk does with the request."""

    ALLOW = "allow"
    ALLOW_WITH_WARNING = "allow_with_warning"
    NEEDS_APPROVAL = "needs_approval"
    DENY = "deny"


class Reason(StrEnum):
    """Why; the first that holds, in this order, is the reason of the answer."""

    CLIENT_UNKNOWN = "CLIENT_UNKNOWN"
    CLIENT_AMBIGUOUS = "CLIENT_AMBIGUOUS"
    NO_CONTRACT = "NO_CONTRACT"
    CONTRACT_NOT_STARTED = "CONTRACT_NOT_STARTED"
    CONTRACT_CANCELLED = "CONTRACT_CANCELLED"
    CONTRACT_SUSPENDED = "CONTRACT_SUSPENDED"
    CONTRACT_LAPSED = "CONTRACT_LAPSED"
    HELD_BY_OTHER_PARTNER = "HELD_BY_OTHER_PARTNER"
    NOT_SIGNED = "NOT_SIGNED"
    PAYMENT_OVERDUE = "PAYMENT_OVERDUE"
    PRODUCT_NOT_COVERED = "PRODUCT_NOT_COVERED"
    BASE_PLAN_INACTIVE = "BASE_PLAN_INACTIVE"
    CONTACT_NOT_NAMED = "CONTACT_NOT_NAMED"
    SERVICE_NOT_INCLUDED = "SERVICE_NOT_INCLUDED"
    CHANNEL_NOT_INCLUDED = "CHANNEL_NOT_INCLUDED"
    LINE_NOT_INCLUDED = "LINE_NOT_INCLUDED"
    COUNT_EXHAUSTED = "COUNT_EXHAUSTED"
    HOURS_EXHAUSTED = "HOURS_EXHAUSTED"
    REQUEST_EXCEEDS_BALANCE = "REQUEST_EXCEEDS_BALANCE"
    OVERRUN_LIMIT_REACHED = "OVERRUN_LIMIT_REACHED"
    PAYMENT_OVERDUE_HOLD = "PAYMENT_OVERDUE_HOLD"
    SERVICE_PAID_SEPARATELY = "SERVICE_PAID_SEPARATELY"
    OVERAGE_NEEDS_APPROVAL = "OVERAGE_NEEDS_APPROVAL"
    REGISTER_UNCHECKED = "REGISTER_UNCHECKED"
    COVERED_IN_GRACE = "COVERED_IN_GRACE"
    COVERED_BY_OVERAGE = "COVERED_BY_OVERAGE"
    COVERED_LOW_BALANCE = "COVERED_LOW_BALANCE"
    COVERED_RENEWAL_DUE = "COVERED_RENEWAL_DUE"
    COVERED_PAYMENT_DUE = "COVERED_PAYMENT_DUE"
    COVERED = "COVERED"
    COVERED_FREE_PERIOD = "COVERED_FREE_PERIOD"
    COVERED_BY_OVERRIDE = "COVERED_BY_OVERRIDE"
    ROUTED_TO_VENDOR = "ROUTED_TO_VENDOR"

    @property
    def rank(self) -> int:
        """Its place in the order of precedence, 0 first."""
        return _RANK[self]

    @property
    def verdict(self) -> Verdict:
        """The verdict that the reason belongs to."""
        return _VERDICTS[self]

    @property
    def is_served(self) -> bool:
        """Whether the request is served without asking anybody."""
        return self.verdict in (Verdict.ALLOW, Verdict.ALLOW_WITH_WARNING)


_RANK = {reason: rank for rank, reason in enumerate(Reason)}


def _verdict(reason: Reason) -> Verdict:
    if reason.rank < Reason.PAYMENT_OVERDUE_HOLD.rank:
        return Verdict.DENY
    if reason.rank < Reason.COVERED_IN_GRACE.rank:
        return Verdict.NEEDS_APPROVAL
    return Verdict.ALLOW_WITH_WARNING if reason.rank < Reason.COVERED.rank else Verdict.ALLOW


_VERDICTS = {reason: _verdict(reason) for reason in Reason}
