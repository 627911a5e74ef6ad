"""The choices that a product, a purchase or a plan makes, as closed lists of values."""

from enum import StrEnum


class Level(StrEnum):
    """The level of a product, which decides its free period and who supports it."""

    BASIC = "basic"
    PROF = "prof"
    KORP = "korp"


class Purchase(StrEnum):
    """How a registered copy was bought, which decides the free period (S1)."""

    BOX = "box"
    UPGRADE = "upgrade"
    PLUS_ITS = "plus_its"


class Alignment(StrEnum):
    """On which days a subscription may start (T3)."""

    ANY_DAY = "any_day"
    FIRST_OF_MONTH = "first_of_month"


class IncludedPer(StrEnum):
    """The usage period in which included minutes are given (H5)."""

    SUBSCRIPTION_MONTH = "subscription_month"
    CALENDAR_MONTH = "calendar_month"
    TERM = "term"


class FirstMonth(StrEnum):
    """What the first, partial calendar month gives when minutes are given per calendar month (H5)."""

    FULL = "full"
    PRO_RATA = "pro_rata"


class RoundingScope(StrEnum):
    """What is rounded up as one: each entry, a ticket's work of a month, or a ticket's work of a day (H3)."""

    ENTRY = "entry"
    TICKET = "ticket"
    TICKET_DAY = "ticket_day"


class OverLimit(StrEnum):
    """What happens to a request that the hours left cannot pay (D6)."""

    BLOCK = "block"
    APPROVE = "approve"
    BILL = "bill"


class Unpaid(StrEnum):
    """What happens to requests of a client that has not paid by the end of the payment grace (S8)."""

    DENY = "deny"
    APPROVE = "approve"


class LapseRenewal(StrEnum):
    """How a renewal after a lapse starts (S5)."""

    NEW_START = "new_start"
    CONTINUOUS = "continuous"
    PAY_GAP = "pay_gap"


class PromotionFor(StrEnum):
    """Which deals a promotion is for."""

    NEW_SALE = "new_sale"
    RENEWAL = "renewal"
    BOTH = "both"


class Refund(StrEnum):
    """What a cancellation gives back (S11)."""

    UNUSED_MONTHS = "unused_months"
    UNUSED_DAYS = "unused_days"
    BY_TERM_PRICE = "by_term_price"


class Channel(StrEnum):
    """How a request reached the desk (D9)."""

    PHONE = "phone"
    EMAIL = "email"
    WEB_FORM = "web_form"
    CHAT = "chat"
    MESSENGER = "messenger"


class RegistrationRole(StrEnum):
    """What a registration is under a subscription: the first one named, one beside it, or one an upgrade replaced."""

    MAIN = "main"
    OTHER = "other"
    SURRENDERED = "surrendered"
