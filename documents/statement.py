"""The statement of hours: what was given, who used it for what, what burnt, rolled over and is left (P5)."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.entry_lines import (
    DifferenceKind,
    DifferenceSheet,
    EntrySheet,
    PaidFrom,
    ShareSheet,
    minutes_from,
    shares_of,
)
from documents.lines import RateTotal
from documents.parties import ContractReference, PartySheet, RegistrationSheet


@dataclass(frozen=True, slots=True)
class PoolSheet:
    """The roll-forward of one kind of grants over the month, in minutes; ValueError when it does not add up (E3).

    What is left of a voided grant is burnt. `rolled_minutes` is signed: minus out of the included minutes, plus into
    the rolled-over ones, so that it is 0 over all kinds.
    """

    kind: PaidFrom
    opening_minutes: int
    given_minutes: int
    rolled_minutes: int
    used_minutes: int
    burnt_minutes: int
    closing_minutes: int

    def __post_init__(self) -> None:
        came = self.opening_minutes + self.given_minutes + self.rolled_minutes
        if came - self.used_minutes - self.burnt_minutes != self.closing_minutes:
            raise ValueError(f"the roll-forward of {self.kind} does not add up to its closing balance (E3)")


@dataclass(frozen=True, slots=True)
class OverrideSheet:
    """An approval or an override that let a request be served: who, why, until when (D7)."""

    approved_by: str
    reason: str
    until_on: date
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class ChainSheet:
    """What holds a statement fast: the SHA-256 of its month's record, and the seal of the statement before, if any."""

    record_sha256: str
    previous_number: str = ""
    previous_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ForecastSheet:
    """When the hours run out at the pace of the last working days; `runs_out_on` is None when they last (H13)."""

    working_days: int
    drawn_minutes: int
    runs_out_on: date | None = None


@dataclass(frozen=True, slots=True)
class BurnDownSheet:
    """What was left of the hours at the end of each day of the month, and the forecast, if there is a pace."""

    left_minutes: tuple[int, ...]
    forecast: ForecastSheet | None = None


@dataclass(frozen=True, slots=True)
class AllowedSheet:
    """Goodwill that a person allowed beyond the plan's."""

    allowed_by: str
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class GoodwillSheet:
    """The month's work given as goodwill, as it was worked, and what the plan lets engineers give."""

    given_minutes: int
    budget_minutes: int
    allowed: tuple[AllowedSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldSheet:
    """Minutes that were reserved for a request when the month ended; they are part of its closing balance (D5)."""

    ticket: str
    minutes: int
    until_on: date


@dataclass(frozen=True, slots=True)
class EntityPart:
    """What one entity of the client used of the hours that all share; `entity` is empty for the one that signed."""

    entity: str
    worked_minutes: int
    billed_minutes: int
    shares: tuple[ShareSheet, ...]
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """Everything a month's statement of hours prints; silence until `object_until_on` accepts it (P6).

    `plans` are the titles of all plans that served the client in the month. `by_rate` is the month's act less
    its credit notes by VAT rate, empty without either, as is `tax_mode`. ValueError when the entries do not come to
    it (E4).
    """

    number: str
    issued_on: date
    term: Term
    seller: PartySheet
    client: PartySheet
    contract: ContractReference | None
    plans: tuple[str, ...]
    registrations: tuple[RegistrationSheet, ...]
    pools: tuple[PoolSheet, ...]
    entries: tuple[EntrySheet, ...]
    by_rate: tuple[RateTotal, ...]
    tax_mode: TaxMode | None
    object_until_on: date
    overrides: tuple[OverrideSheet, ...] = ()
    currency: str = "RUB"
    chain: ChainSheet | None = None
    """None in statements older than the chain."""
    burn_down: BurnDownSheet | None = None
    """None without any hours in the month."""
    goodwill: GoodwillSheet | None = None
    """None in a month without any, and where no plan sets a limit to it."""
    holds: tuple[HoldSheet, ...] = ()
    verify_at: str = ""
    """Address of the page that checks the paper; without one it carries no code to it."""

    def __post_init__(self) -> None:
        if self.total != Money.total((one.amount for one in self.by_rate), self.currency):
            raise ValueError(f"the entries of statement {self.number} do not come to the month's bills (E4)")

    @property
    def total(self) -> Money:
        """What the month costs beyond the subscription, VAT included: the sum of the entries (M1, E4)."""
        return Money.total((entry.amount for entry in self.entries), self.currency)

    @property
    def sums(self) -> tuple[Money, ...]:
        """Every sum that its tables print."""
        return (*(entry.amount for entry in self.entries), *(part.amount for part in self.by_entity), self.total)

    @property
    def vat(self) -> Money:
        """The VAT inside the total."""
        return Money.total((one.vat for one in self.by_rate), self.currency)

    @property
    def worked_minutes(self) -> int:
        """The minutes really worked in the month."""
        return sum(entry.worked_minutes for entry in self.entries)

    @property
    def billed_minutes(self) -> int:
        """The billed minutes of the month."""
        return sum(entry.billed_minutes for entry in self.entries)

    @property
    def uncovered(self) -> tuple[PaidFrom, ...]:
        """What draws on no hours at all this month: each has a column of its own (H9)."""
        apart = (PaidFrom.PAID, PaidFrom.FREE, PaidFrom.OUT_OF_SCOPE)
        return tuple(kind for kind in apart if any(entry.minutes_from(kind) for entry in self.entries))

    @property
    def usual_difference(self) -> DifferenceSheet | None:
        """The rounding that is alike in all entries that were rounded, to be said once for all of them."""
        rounded = [one for entry in self.entries for one in entry.differences if one.kind is DifferenceKind.ROUNDING]
        return rounded[0] if len(rounded) > 1 and len(set(rounded)) == 1 else None

    @property
    def usual_rate(self) -> Money | None:
        """The price of an hour that is alike in all entries that have one, to be said once for all of them."""
        rates = [entry.hour_rate for entry in self.entries if entry.hour_rate is not None]
        return rates[0] if len(rates) > 1 and len(set(rates)) == 1 else None

    @property
    def rolls_over(self) -> bool:
        """Whether any minutes rolled over this month."""
        return any(pool.rolled_minutes for pool in self.pools)

    def minutes_from(self, source: PaidFrom) -> int:
        """The billed minutes of the month that `source` paid for."""
        return minutes_from(self.entries, source)

    @property
    def shares(self) -> tuple[ShareSheet, ...]:
        """How many billed minutes of the month each source paid for, those without any left out."""
        return shares_of(self.entries)

    @property
    def by_entity(self) -> tuple[EntityPart, ...]:
        """The part of each entity in the shared hours, by name; empty where only the one that signed had work (H8)."""
        names = sorted({entry.entity for entry in self.entries})
        return tuple(self._part(name) for name in names) if any(names) else ()

    def _part(self, name: str) -> EntityPart:
        own = [entry for entry in self.entries if entry.entity == name]
        worked, billed = (sum(getattr(one, minutes) for one in own) for minutes in ("worked_minutes", "billed_minutes"))
        return EntityPart(name, worked, billed, shares_of(own), Money.total((one.amount for one in own), self.currency))

    @property
    def pool_total(self) -> PoolSheet | None:
        """The roll-forward of all kinds together, None without any; its `kind` means nothing."""
        if not self.pools:
            return None
        names = (
            "opening_minutes",
            "given_minutes",
            "rolled_minutes",
            "used_minutes",
            "burnt_minutes",
            "closing_minutes",
        )
        return PoolSheet(self.pools[0].kind, *(sum(getattr(pool, name) for pool in self.pools) for name in names))
