"""What the desk's other calls answer: coverage, holds, work and changes.

These shapes, and those of `answers`, need neither database nor server, so that the Python client shares them.
"""

from datetime import date, datetime

from pydantic import Field

from api.outputs import Answer
from api.v1.answers import CoverTold, HoursTold, OptionTold, WarningTold
from api.v1.promises import CaseTold, CountTold
from entitlements.client_state import ChangeKind
from entitlements.hold_ends import HoldEnd


class EndedHold(Answer):
    """How and when a hold ended; `hold_id` is that of the last hold when the one that was named was extended."""

    hold_id: int
    end: HoldEnd
    ended_at: datetime
    settled_minutes: int | None


class HoldAnswer(Answer):
    """Minutes held until `expires_at`; `successor_of` is the hold that was extended."""

    id: int
    client_id: int
    ticket: str
    minutes: int
    placed_at: datetime
    expires_at: datetime
    successor_of: int | None


class ContactAnswer(Answer):
    """A contact with the normal form of its addresses."""

    id: int
    name: str
    addresses: list[str]


class BlockTold(Answer):
    """A block that stops service at the moment: of the whole client, a contract or a subscription."""

    id: int
    reason: str
    from_at: datetime
    until_at: datetime | None
    contract_id: int | None
    subscription_id: int | None


class ForecastTold(Answer):
    """What was drawn in the last 20 working days, and when the hours left run out at that pace.

    `runs_out_on` is none when they last until they expire.
    """

    drawn_minutes: int
    runs_out_on: date | None


class AllowanceAnswer(Answer):
    """Minutes that were allowed beyond the plan's budget."""

    id: int
    minutes: int
    allowed_by: str
    reason: str
    recorded_at: datetime


class GoodwillAnswer(Answer):
    """The goodwill of a month with a seller: the plan's budget, what was allowed beyond it, and what was given."""

    seller_id: int
    month: date
    budget_minutes: int
    allowed_minutes: int
    given_minutes: int
    left_minutes: int
    allowances: list[AllowanceAnswer]


class RegisterTold(Answer):
    """When the vendor's register last answered for a registration, and how long before the moment that was."""

    registration_number: str
    observed_at: datetime
    age_seconds: int


class CoverCountTold(CountTold):
    """What is left of a counted service in one cover that serves."""

    subscription_id: int | None
    free_period_id: int | None


class ApprovalTold(Answer):
    """Who approved that the client is served although rules fail, why, until when, and of which service."""

    approved_by: str
    reason: str
    until_at: datetime
    service: str | None
    """None: of any."""


class CoverageAnswer(Answer):
    """Every cover of the client with its standing at the moment, and the hours with each seller that serves it.

    The answer can change by itself at `valid_until`, apart from forecasts and ages, and with every growth of
    `state_version`. Prices of options are left out for a desk key.
    """

    client_id: int
    name: str
    at: datetime
    state_version: int
    valid_until: datetime | None
    contacts: list[ContactAnswer]
    """Who may ask for the client."""
    covers: list[CoverTold]
    hours: dict[int, HoursTold]
    """By the seller's id."""
    forecasts: dict[int, ForecastTold]
    """By the seller's id; none where nothing was drawn."""
    goodwill: list[GoodwillAnswer]
    """What engineers may still give in this month, with each seller whose plans set a limit."""
    holds: list[HoldAnswer]
    blocks: list[BlockTold]
    cases: list[CaseTold]
    """The over-limit cases of the month."""
    counts: list[CoverCountTold]
    overrides: list[ApprovalTold]
    """Those that hold at the moment."""
    warnings: list[WarningTold]
    options: list[OptionTold]
    register_answers: list[RegisterTold]


class ReversalAnswer(Answer):
    """That an earlier report of the event was taken back, and on which day that counts."""

    id: int
    reverses_id: int
    counts_on: date


class SettledHold(Answer):
    """The hold that was named, or the last that took its place when it was extended, and how it ended."""

    id: int
    end: HoldEnd
    settled_minutes: int | None


class PartsTold(Answer):
    """Which minutes of the entry each kind of grant pays, and which are overage, paid by the hour, or free."""

    bonus_minutes: int
    goodwill_minutes: int
    rollover_minutes: int
    included_minutes: int
    package_minutes: int
    overage_minutes: int
    paid_minutes: int
    free_minutes: int


class OverlapTold(Answer):
    """Another entry of the same engineer that claims some of the same minutes."""

    id: int
    client_id: int
    source: str
    external_id: str
    ticket: str
    started_at: datetime
    worked_minutes: int
    common_minutes: int


class WorkAnswer(Answer):
    """What was recorded, and which grants pay for it as things stand; the month's close makes that final.

    `overlaps` are named, not refused.
    `unchanged` means that the event was known just so. `id` is none when a report was taken back.
    """

    id: int | None
    unchanged: bool
    worked_minutes: int
    billed_minutes: int
    counts_on: date | None
    parts: PartsTold
    available_minutes: int
    reversal: ReversalAnswer | None
    hold: SettledHold | None
    overlaps: list[OverlapTold]


class Settlement(EndedHold):
    """The hold with the work that was recorded on it, if any."""

    work: WorkAnswer | None = None


class WarnedTold(Answer):
    """The last warning about the hours with a seller: its usage period, the share in per cent, and when (H13)."""

    period_starts_on: date
    percent: int
    warned_at: datetime


class StateTold(Answer):
    """Every cover of the client with its standing, and the hours with each seller: the whole state, no difference.

    It can change by itself at `valid_until`.
    """

    client_id: int
    at: datetime
    state_version: int
    valid_until: datetime | None
    covers: list[CoverTold]
    hours: dict[int, HoursTold]
    """By the seller's id."""
    warned: dict[int, WarnedTold]
    """By the seller's id; none where nobody was warned yet."""


class ChangeTold(Answer):
    """One change: `id` is its place in the feed. Of two changes of a client the one with the greater `id` is newer."""

    id: int
    client_id: int
    state_version: int
    kinds: list[ChangeKind]
    told_at: datetime
    state: StateTold


class ChangesTold(Answer):
    """Changes in the order in which they were told; `last` is what the next call gives as `after`."""

    changes: list[ChangeTold]
    last: int | None = Field(description="The last change of this page; what was asked for when there is none.")
