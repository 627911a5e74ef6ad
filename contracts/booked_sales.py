"""Taking over the subscriptions of a book: which are known, and making the others with what they cover (S4, S6)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from contracts.appending import append_all, append_numbered
from contracts.book import Book, SoldKey
from contracts.booked_parties import Booked, rows_of
from contracts.booked_programs import Occasion, Offered, require_told
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.imported import ImportedSubscription
from contracts.money import Money
from contracts.subscriptions import Contract, Coverage, Specification, Subscription
from contracts.terms import ONE_DAY
from contracts.told_sales import Covers, SoldElsewhere, ToldSale, told_sale


def book_subscriptions(
    session: Session, book: Book, contracts: Booked, registrations: Booked, offered: Offered, occasion: Occasion
) -> tuple[Booked, list[SoldElsewhere]]:
    """The subscriptions, each known by its own key, else by its contract, plan, start and programs.

    Refuses what a sale would: PLAN_UNKNOWN, CURRENCY_WRONG, PRICE_NEGATIVE, START_NOT_ALIGNED, START_OUT_OF_RANGE for
    one too far ahead, REGISTRATIONS_REQUIRED, REGISTRATIONS_NOT_WANTED, REGISTRATION_UNKNOWN, REGISTRATION_SURRENDERED,
    COVERAGE_OVERLAPS (S6); LAST_DAY_WRONG where the months and the last day do not fit (T1), BOOK_DIFFERS where a known
    one is told otherwise, and what is wrong with the one that it renews.
    """
    booked, made, told = Booked(), dict[SoldKey, ToldSale](), dict[SoldKey, ToldSale]()
    known, covers = _KnownSales(session, book, contracts), Covers(session, book, registrations)
    for key, said in book.subscriptions.items():
        seller, number = key[0], said.values["contract"]
        contract_id = contracts.ids.get((seller, number))
        missing = [one for one in said.values.get("registrations", ()) if one not in registrations.ids]
        if contract_id is None or missing:
            continue
        try:
            sale = told_sale(said, known.contracts[contract_id], offered, occasion, covers)
            stored = known.find(key[1], sale)
            if stored is not None:
                known.require_same(stored, sale)
                booked.ids[key] = stored.id
            else:
                covers.take(sale)
                made[key] = sale
            told[key] = sale
        except Refusal as wrong:
            booked.refuse(said, wrong)
    booked.known = len(booked.ids)
    booked.store(session, Subscription, {key: sale.columns(occasion) for key, sale in made.items()})
    _cover(session, {booked.ids[key]: (key, sale) for key, sale in made.items()}, occasion)
    _link(session, booked, told, made, known)
    return booked, [sale.elsewhere(booked.ids[key], key in made) for key, sale in told.items()]


class _KnownSales:
    """The contracts of the book, their subscriptions, and the keys that subscriptions had elsewhere."""

    def __init__(self, session: Session, book: Book, contracts: Booked) -> None:
        keyed = select(col(Subscription.contract_id)).join(ImportedSubscription)
        keys = (key for _, key in book.subscriptions)
        elsewhere = (row.contract_id for row in rows_of(session, keyed, ImportedSubscription.external_id, keys))
        contract_ids = {*contracts.ids.values(), *elsewhere}
        parties = select(col(Contract.id), col(Contract.client_id), col(Contract.seller_id), col(Contract.number))
        self.contracts = {row.id: row for row in rows_of(session, parties, Contract.id, contract_ids)}
        sold = select(*(getattr(Subscription, name) for name in SOLD), col(PlanVersion.plan_id))
        sold = sold.add_columns(col(ImportedSubscription.external_id)).join(PlanVersion).outerjoin(ImportedSubscription)
        self._by_key: dict[tuple[int, str], Any] = {}
        self._alike: dict[tuple[int, int, date], list[Any]] = defaultdict(list)
        self.renewed: set[int] = set()
        for row in rows_of(session, sold, Subscription.contract_id, contract_ids):
            if row.external_id is not None:
                self._by_key[row.seller_id, row.external_id] = row
            self._alike[row.contract_id, row.plan_id, row.starts_on].append(row)
            self.renewed |= {row.predecessor_id} if row.predecessor_id is not None else set()
        ids = [row.id for rows in self._alike.values() for row in rows]
        self._covered: dict[int, set[int]] = defaultdict(set)
        covered = select(col(Specification.subscription_id), col(Coverage.registration_id)).join(Specification)
        covered = covered.join(Subscription).where(col(Specification.starts_on) == col(Subscription.starts_on))
        for subscription_id, registration_id in rows_of(session, covered, Specification.subscription_id, ids):
            self._covered[subscription_id].add(registration_id)

    def find(self, key: str, sale: ToldSale) -> Any:
        """The stored subscription of that key, else one of the same contract, plan, start and programs."""
        if (sale.contract.seller_id, key) in self._by_key:
            return self._by_key[sale.contract.seller_id, key]
        alike = self._alike.get((sale.contract.id, sale.plan.id, sale.term.starts_on), [])
        own = set(sale.registration_ids)
        return next((row for row in alike if row.external_id is None and self._covered[row.id] == own), None)

    def ending(self, seller_id: int, key: str) -> tuple[int | None, int | None, date | None]:
        """The id, the client and the end of the subscription that had this key elsewhere."""
        row = self._by_key.get((seller_id, key))
        return (None, None, None) if row is None else (row.id, self.contracts[row.contract_id].client_id, row.ends_on)

    def require_same(self, stored: Any, sale: ToldSale) -> None:
        """Raises `Refusal("BOOK_DIFFERS")` when the file tells it otherwise than it is stored."""
        require_told("contract", sale.contract.number, self.contracts[stored.contract_id].number)
        require_told("plan", sale.plan.id, stored.plan_id)
        require_told("starts_on", sale.term.starts_on, stored.starts_on)
        require_told("last_day", sale.term.last_day, stored.ends_on - ONE_DAY)
        require_told("price", sale.said.values["price"], Money(stored.price_minor, stored.currency))
        if set(sale.registration_ids) != self._covered[stored.id]:
            numbers = ", ".join(sale.said.values.get("registrations", ()))
            raise Refusal("BOOK_DIFFERS", field="registration", value=numbers)


SOLD = ("id", "contract_id", "seller_id", "starts_on", "ends_on", "price_minor", "currency", "predecessor_id")


def _link(
    session: Session,
    booked: Booked,
    told: Mapping[SoldKey, ToldSale],
    made: Mapping[SoldKey, ToldSale],
    known: _KnownSales,
) -> None:
    """Link the new subscriptions to those that they renew.

    Refuses SUBSCRIPTION_UNKNOWN for one that the client does not have, ALREADY_RENEWED, and START_OUT_OF_RANGE for a
    start before the old one's end (S4).
    """
    links, renewed = [], set(known.renewed)
    for key, sale in made.items():
        name = sale.said.values.get("renews")
        if name is None:
            continue
        old = told.get((key[0], name))
        if old is None:
            old_id, client_id, ends_on = known.ending(sale.contract.seller_id, name)
        else:
            old_id, client_id, ends_on = booked.ids[key[0], name], old.contract.client_id, old.term.ends_on
        if old_id is None or client_id != sale.contract.client_id or ends_on is None:
            booked.refuse(sale.said, Refusal("SUBSCRIPTION_UNKNOWN", field="renews", value=name))
        elif old_id in renewed:
            booked.refuse(sale.said, Refusal("ALREADY_RENEWED", field="renews", value=name))
        elif ends_on > sale.term.starts_on:
            start = sale.term.starts_on
            wrong = Refusal("START_OUT_OF_RANGE", field="starts_on", value=start, allowed=f"from {ends_on}")
            booked.refuse(sale.said, wrong)
        else:
            renewed.add(old_id)
            links.append({"sold_id": booked.ids[key], "old_id": old_id})
    if links:
        linked = update(Subscription).where(col(Subscription.id) == bindparam("sold_id"))
        session.connection().execute(linked.values(predecessor_id=bindparam("old_id")), links)


def _cover(session: Session, sold: dict[int, tuple[SoldKey, ToldSale]], occasion: Occasion) -> None:
    covers, marks = [], []
    specified = append_numbered(
        session, Specification, [_specification(sold_id, sale, occasion) for sold_id, (_, sale) in sold.items()]
    )
    for specification_id, (subscription_id, (key, sale)) in zip(specified, sold.items(), strict=True):
        dates = {"starts_on": sale.term.starts_on, "ends_on": sale.term.ends_on}
        own = {"specification_id": specification_id, "plan_kind_id": sale.plan.kind_id, **dates}
        covers += [
            {**own, "registration_id": registration_id, "is_main": place == 0}
            for place, registration_id in enumerate(sale.registration_ids)
        ]
        mark = {"subscription_id": subscription_id, "seller_id": sale.contract.seller_id, "external_id": key[1]}
        marks.append({**mark, "booked_on": occasion.on, "imported_at": occasion.at})
    append_all(session, Coverage, covers)
    append_all(session, ImportedSubscription, marks)


def _specification(subscription_id: int, sale: ToldSale, occasion: Occasion) -> dict[str, Any]:
    return {
        "subscription_id": subscription_id,
        "client_id": sale.contract.client_id,
        "seller_id": sale.contract.seller_id,
        "plan_version_id": sale.columns(occasion)["plan_version_id"],
        "starts_on": sale.term.starts_on,
        "ends_on": sale.term.ends_on,
        "recorded_at": occasion.at,
    }
