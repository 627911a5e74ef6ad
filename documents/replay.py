"""The replay as it is told, shown and printed for the renewal talk: months side by side under two plans (H15)."""

from dataclasses import dataclass
from datetime import date

from billing.replay import Replay, Side
from contracts.money import Money
from contracts.tax_modes import TaxMode
from documents.parties import PartySheet
from entitlements.redecided import Redecided


@dataclass(frozen=True, slots=True)
class ReplaySheet:
    """Everything that a replay prints; it is no issued paper and has no number.

    `held_plans` are those that the client is on; `tried_plan` is none where they are tried with other settings.
    """

    issued_on: date
    seller: PartySheet
    client: PartySheet
    held_plans: tuple[str, ...]
    tried_plan: str | None
    replay: Replay
    tax_mode: TaxMode

    @property
    def is_taxed(self) -> bool:
        """Whether the seller's prices have VAT inside (M2)."""
        return self.tax_mode.is_taxed

    @property
    def rows(self) -> tuple[tuple[date | None, bool, int, Side, Side], ...]:
        """Each month with what was worked and both sides; then all of them together, without a month."""
        replay = self.replay
        months = [(one.term.starts_on, one.is_closed, one.worked_minutes, one.held, one.tried) for one in replay.months]
        return (*months, (None, True, replay.worked_minutes, replay.held_sum, replay.tried_sum))

    @property
    def sums(self) -> tuple[Money, ...]:
        """Every sum that the table of months prints."""
        sides = (side for *_, held, tried in self.rows for side in (held, tried))
        return tuple(one for side in sides for one in (side.charged, side.price) if one is not None)

    @property
    def other_answers(self) -> tuple[Redecided, ...]:
        """The requests to which the desk would have given another reason."""
        return tuple(one for one in self.replay.answers if one.held.reason is not one.tried.reason)

    @property
    def other_hours(self) -> int:
        """How many answers would only have named other hours."""
        return len(self.replay.answers) - len(self.other_answers)
