"""A subscription as a book tells it, checked as a sale would have been, but for what time has changed (T1, T3, S1, S6).

The price, a term that is no longer on sale and a start long ago are taken as they were agreed.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from contracts.book import Book, Said
from contracts.booked_parties import Booked, rows_of
from contracts.booked_programs import Occasion, Offered
from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.on_sale import require_aligned
from contracts.selling import FURTHEST_START
from contracts.subscriptions import Coverage, Specification
from contracts.terms import ONE_DAY, Term, boundary

LONGEST_TERM_MONTHS = 60
HIGHEST_MINOR = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SoldElsewhere:
    """A subscription of the book, and what the file says of its hours."""

    row: int
    id: int
    is_new: bool
    client_id: int
    seller_id: int
    plan_version_id: int
    term: Term
    minutes_left: int | None
    hours_until: date | None


@dataclass(frozen=True, slots=True)
class ToldSale:
    """A subscription as the file tells it, checked."""

    said: Said
    contract: Any
    plan: Any
    version: Any
    term: Term
    term_months: int
    registration_ids: tuple[int, ...]

    def elsewhere(self, subscription_id: int, is_new: bool) -> SoldElsewhere:
        """It with its id."""
        values, contract = self.said.values, self.contract
        return SoldElsewhere(
            self.said.row,
            subscription_id,
            is_new,
            contract.client_id,
            contract.seller_id,
            self.version.id,
            self.term,
            values.get("minutes_left"),
            values.get("hours_until"),
        )

    def columns(self, occasion: Occasion) -> dict[str, Any]:
        """Its row."""
        return {
            "contract_id": self.contract.id,
            "client_id": self.contract.client_id,
            "seller_id": self.contract.seller_id,
            "plan_version_id": self.version.id,
            "starts_on": self.term.starts_on,
            "ends_on": self.term.ends_on,
            "serves_from": self.term.starts_on,
            "term_months": self.term_months,
            "price_minor": self.said.values["price"].minor,
            "currency": self.version.currency,
            "sold_at": occasion.at,
        }


def told_sale(said: Said, contract: Any, offered: Offered, occasion: Occasion, covers: "Covers") -> ToldSale:
    """The subscription that the rows tell, under its contract; raises as `book_subscriptions` says."""
    values = said.values
    plan, version = offered.plan(values["plan"], values.get("plan_version"), values["starts_on"])
    price = values["price"]
    if price.currency != version.currency:
        raise Refusal("CURRENCY_WRONG", field="currency", value=price.currency, allowed=[version.currency])
    if not 0 <= price.minor <= HIGHEST_MINOR:
        raise Refusal("PRICE_NEGATIVE", field="price", value=str(price), allowed="0.00 to 21474836.47")
    require_aligned(version, values["starts_on"])
    if values["starts_on"] > occasion.on + FURTHEST_START:
        allowed = f"until {occasion.on + FURTHEST_START}"
        raise Refusal("START_OUT_OF_RANGE", field="starts_on", value=values["starts_on"], allowed=allowed)
    term, months = _term(values["starts_on"], values.get("term_months"), values.get("last_day"))
    numbers = values.get("registrations", [])
    if version.covers_registrations and not numbers:
        raise Refusal("REGISTRATIONS_REQUIRED", field="registration", value=None)
    if numbers and not version.covers_registrations:
        raise Refusal("REGISTRATIONS_NOT_WANTED", field="registration", value=", ".join(numbers), allowed=[])
    ids = tuple(covers.require_own(number, contract.client_id, term) for number in numbers)
    return ToldSale(said, contract, plan, version, term, months, ids)


def _term(starts_on: date, months: int | None, last_day: date | None) -> tuple[Term, int]:
    """The term of so many months; of those that end with the last day where only that is told (T1)."""
    if months is None:
        ends = {boundary(starts_on, count) - ONE_DAY: count for count in range(1, LONGEST_TERM_MONTHS + 1)}
        if last_day not in ends:
            near = sorted(ends, key=lambda day: abs(day - (last_day or day)))[:2]
            raise Refusal("LAST_DAY_WRONG", field="last_day", value=last_day, allowed=sorted(near))
        months = ends[last_day]
    term = Term.of_months(starts_on, months)
    if last_day not in (None, term.last_day):
        raise Refusal("LAST_DAY_WRONG", field="last_day", value=last_day, allowed=[term.last_day])
    return term, months


class Covers:
    """What each copy of the book is covered by, stored or told, and since when it is surrendered."""

    def __init__(self, session: Session, book: Book, registrations: Booked) -> None:
        named = {number for said in book.subscriptions.values() for number in said.values.get("registrations", ())}
        self._ids = {number: registrations.ids[number] for number in named & registrations.ids.keys()}
        columns = select(col(Registration.id), col(Registration.client_id), col(Registration.surrendered_on))
        self._copies = {row.id: row for row in rows_of(session, columns, Registration.id, self._ids.values())}
        self._taken: dict[tuple[int, int], list[tuple[int | None, Term]]] = defaultdict(list)
        covered = select(col(Specification.subscription_id), *(getattr(Coverage, name) for name in COVERED))
        covered = covered.join(Specification).where(col(Coverage.ends_on) > col(Coverage.starts_on))
        for row in rows_of(session, covered, Coverage.registration_id, self._ids.values()):
            term = Term(row.starts_on, row.ends_on)
            self._taken[row.registration_id, row.plan_kind_id].append((row.subscription_id, term))
        self.of: dict[int, set[int]] = defaultdict(set)
        for (registration_id, _), taken in self._taken.items():
            for subscription_id, _ in taken:
                self.of[subscription_id or 0].add(registration_id)

    def require_own(self, number: str, client_id: int, term: Term) -> int:
        """The client's copy. Raises `Refusal` with REGISTRATION_UNKNOWN or REGISTRATION_SURRENDERED (S1)."""
        copy = self._copies[self._ids[number]]
        if copy.client_id != client_id:
            raise Refusal("REGISTRATION_UNKNOWN", field="registration", value=number)
        gone_on = copy.surrendered_on
        if gone_on is not None and gone_on <= term.starts_on:
            raise Refusal("REGISTRATION_SURRENDERED", field="registration", value=number, surrendered_on=gone_on)
        return int(copy.id)

    def take(self, sale: ToldSale) -> None:
        """Cover the copies. Raises `Refusal("COVERAGE_OVERLAPS")`, with the dates of what covers already (S6)."""
        for registration_id in sale.registration_ids:
            taken = self._taken[registration_id, sale.plan.kind_id]
            for _, term in taken:
                if term.overlaps(sale.term):
                    number = next(number for number, known in self._ids.items() if known == registration_id)
                    dates = {"starts_on": term.starts_on, "last_day": term.last_day}
                    raise Refusal("COVERAGE_OVERLAPS", field="registration", value=number, **dates)
        for registration_id in sale.registration_ids:
            self._taken[registration_id, sale.plan.kind_id].append((None, sale.term))


COVERED = ("registration_id", "plan_kind_id", "starts_on", "ends_on")
