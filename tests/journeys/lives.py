"""Lives of two clients at random: everything that is sold, changed, stopped, worked and closed, while the clock moves.

An act is done by the journey or verb that does it in the product, with whatever chance gives it; what is refused has
not happened. A life is one transaction that is never committed, so that thousands of them fit into one database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from api.journeys import (
    amend_subscription,
    cancel_subscription,
    claim_service,
    renew_subscription,
    sell_package,
    sell_subscription,
    start_free_period,
)
from api.month_journeys import close_or_explain
from billing.bills import Invoice
from billing.month_queue import claim, first_open_month, open_run
from billing.month_runs import TaskState
from billing.paying_back import pay_back
from billing.payments import Payment
from billing.settling import payment_standing, standing_of
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from billing.taxing import tax_from
from contracts.amending import Change
from contracts.blocking import lift_block, raise_block
from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller, SellerTaxMode
from contracts.policies import Purchase
from contracts.selling import Order
from contracts.subscriptions import Block, Contract, Subscription
from contracts.tax_modes import TaxMode
from contracts.terms import ONE_DAY, first_of_month, next_month
from entitlements.answers import Decision, Question
from entitlements.case_states import CaseState
from entitlements.desk import Asked, Caller, check, hold, release_hold, settle_hold
from entitlements.holds import Hold
from entitlements.hours_facts import Charge
from entitlements.logging_work import Work, log
from entitlements.objecting import object_to, uphold
from entitlements.over_limit import decide_case
from entitlements.over_limit_cases import OverLimitCase
from entitlements.over_limit_facts import case_record
from entitlements.overrides import Override
from entitlements.overriding import end_override, give_override
from entitlements.statements import StatementLine
from tests.builders import Customer, a_client, a_plan, a_registration, a_seller, asked, asking, its_catalogue

ZONES = ("Europe/Moscow", "Asia/Kamchatka", "America/New_York")
BIRTHDAYS = (
    *(date(2024, 2, 29), date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 15), date(2025, 12, 31)),
    *(date(2026, 1, 29), date(2026, 1, 30), date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 31)),
    *(date(2026, 5, 31), date(2026, 8, 31), date(2027, 2, 28), date(2027, 8, 29)),
)
"""Days from which months may drift, and days before a New Year with another tax."""
TERMS = (1, 1, 3, 3, 6, 12)
PLANS = ("its-prof", "its-techno", "support", "rolling", "by-calendar", "by-term", "from-the-first")
OF_NO_REGISTRATION = "from-the-first"
UNPRICED = "its-techno"
PARKED_FOR = ("RATE_UNKNOWN", "NO_CONTRACT", "PREVIOUS_MONTH_OPEN")
"""Why a month may wait for somebody: what was charged has no price, or no contract to be charged under."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Three sellers far from each other, and two clients with registrations of theirs."""

    sellers: tuple[Seller, ...]
    clients: tuple[Customer, ...]


def open_shop(session: Session) -> Shop:
    """A shop that sells plans of every policy of lapse, refund, usage and alignment, at different prices."""
    its_catalogue(session)
    prices: list[dict[str, Any]] = [
        {"term_months": months, "price": f"{months * 1000 + 7}.35", "after_break": f"{months * 1300 + 1}.00"}
        for months in (1, 3, 6, 12)
    ]
    its = {"kind": "its", "free_box_months": 3, "free_minutes": 30, "prices": prices}
    support = {"kind": "support", "prices": prices}
    a_plan(session, "support", grace_days=10, over_limit="block", **support)
    asks = {"over_limit": "approve"}
    rolling = {"rollover_cap_minutes": 45, "rollover_periods": 2, "lapse_renewal": "continuous"}
    a_plan(session, "rolling", refund="unused_days", included_minutes=90, **rolling, **support, **asks)
    calendar = {"included_per": "calendar_month", "first_month": "pro_rata", "lapse_renewal": "pay_gap"}
    a_plan(session, "by-calendar", refund="by_term_price", grace_days=3, **calendar, **support, **asks)
    a_plan(session, "by-term", included_per="term", lapse_renewal="continuous", refund="unused_days", **its, **asks)
    first = {"alignment": "first_of_month", "covers_registrations": False, "lapse_renewal": "pay_gap"}
    a_plan(session, OF_NO_REGISTRATION, kind="whole", over_limit="bill", prices=prices, **first)
    modes = (TaxMode.GENERAL, TaxMode.GENERAL, TaxMode.SIMPLIFIED_EXEMPT)
    sellers = tuple(
        a_seller(session, zone, time_zone=zone, tax_mode=mode) for zone, mode in zip(ZONES, modes, strict=True)
    )
    session.add(SellerTaxMode(seller_id=sellers[-1].id, mode=TaxMode.SIMPLIFIED_5, valid_from=date(2026, 1, 1)))
    return Shop(sellers, (_a_client(session, "Ромашка", 2), _a_client(session, "Лютик", 1)))


def _a_client(session: Session, name: str, copies: int) -> Customer:
    """A client with copies of which nobody knows when they were bought, so that no free period is due for them."""
    client = a_client(session, name, registrations=0)
    numbers = tuple(a_registration(session, client.entity, bought_on=None).number for _ in range(copies))
    return Customer(client.client, client.entity, numbers)


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk was told at a moment."""

    client_id: int
    question: Question
    decision: Decision


class Life:
    """The shop from a day on, mostly at one of its sellers."""

    def __init__(self, session: Session, shop: Shop, seller: int, born_on: date) -> None:
        self.session, self.shop, self.seller = session, shop, shop.sellers[seller]
        self.now = self.at(born_on, time(10))
        self.told: list[Told] = []
        self.story: list[str] = []
        self.refusal: Refusal | None = None
        """Why the last act has not happened."""
        self._works: list[Work] = []
        self._number = 0

    @property
    def today(self) -> date:
        return self.seller.day_of(self.now)

    def at(self, day: date, hour: time = time(0)) -> datetime:
        """The instant of a local time of the seller."""
        return datetime.combine(day, hour, ZoneInfo(self.seller.time_zone)).astimezone(UTC)

    def act(self, name: str, chance: Random) -> bool:
        """Do something, a second later; whether anything was written."""
        self.now += timedelta(seconds=1)
        self.story.append(f"{self.now:%Y-%m-%d %H:%M:%S} {name}")
        try:
            with self.session.begin_nested():
                getattr(self, name)(chance)
        except Refusal as no:
            self.session.expire_all()  # in the product a refused act takes its session with it
            self.refusal = no
            self.story[-1] += f": {no}"
            return False
        self.refusal = None
        return name != "wait"

    def ask(self, customer: Customer, chance: Random) -> Told:
        """What the desk is told now; it is kept, to be asked again at the end."""
        question = Question(
            self.now,
            registration_number=chance.choice([None, *self._numbers(customer)]),
            service=chance.choice([None, "consultation_line", "remote_work"]),
            minutes=chance.choice([None, 30]),
        )
        self.told.append(Told(customer.id, question, check(self.session, asking(customer), question)))
        return self.told[-1]

    def envelope(self, caller: Caller, question: Question) -> Asked:
        """How an answer that is stored now is kept."""
        return asked(self.now)

    def _says(self, *words: object) -> None:
        self.story[-1] += " " + " ".join(map(str, words))

    def someone(self, chance: Random) -> Customer:
        """One of the clients, the first one more often."""
        return chance.choice((self.shop.clients[0], *self.shop.clients))

    def _numbers(self, customer: Customer) -> Sequence[str]:
        own = select(Registration.number).where(Registration.client_id == customer.id)
        return self.session.exec(own.order_by(col(Registration.id))).all()

    def _one(self, table: Any, chance: Random) -> Any:
        """One of the rows of a table; the later, the likelier."""
        ids = self.session.exec(select(table.id).order_by(table.id)).all()
        if not ids:
            raise Refusal("NOTHING_THERE")
        return self.session.get_one(table, max(chance.choice(ids), chance.choice(ids)))

    def _price(self, plan: str | None, chance: Random) -> Money | None:
        """The list price, unless there is none; at times another one."""
        agreed = plan == UNPRICED or chance.randint(0, 5) == 0
        return Money(chance.choice([0, 1, 100_001, 1_234_567])) if agreed else None

    def _come_to(self, day: date) -> None:
        """The first second of a day, unless it is over."""
        self.now = max(self.now, self.at(day, time(0, 0, 1)))

    def wait(self, chance: Random) -> None:
        """Hours, days or months go by, or the clock comes to the edge of a day, a month, a term, a grace."""
        sold = self.session.exec(select(Subscription).order_by(col(Subscription.id))).all()
        last_day = chance.choice(sold).last_day if sold else self.today
        moments = [
            self.now + timedelta(hours=chance.randint(1, 30)),
            self.now + timedelta(days=chance.choice([1, 9, 27, 45])),
            self.at(self.today, time(23, 59, 30)),
            self.at(next_month(self.today)),
            self.at(last_day, time(23, 59, 59)),
            self.at(last_day + ONE_DAY),
            self.at(last_day + timedelta(days=chance.choice([3, 4, 10, 11]))),
        ]
        moment = chance.choice(moments)
        self.now = moment if moment > self.now else self.now + ONE_DAY

    def sell(self, chance: Random) -> None:
        """A plan for some of a client's registrations, from today, a day around it, or the first day possible."""
        customer, plan = self.someone(chance), chance.choice(PLANS)
        numbers = self._numbers(customer)
        covered = tuple(chance.sample(numbers, chance.randint(1, min(len(numbers), 2))))
        ends = [self.today.replace(day=1) - ONE_DAY, next_month(self.today) - ONE_DAY, next_month(self.today)]
        starts_on = chance.choice([None, None, self.today, self.today + timedelta(days=chance.randint(-40, 40)), *ends])
        seller = self.seller if chance.randint(0, 4) else chance.choice(self.shop.sellers)
        between = (Contract.seller_id == seller.id, Contract.entity_id == customer.entity.id)
        contracts = self.session.exec(select(Contract.id).where(*between).order_by(col(Contract.id))).all()
        order = Order(
            seller.id,
            customer.entity.id,
            plan,
            chance.choice(TERMS),
            () if plan == OF_NO_REGISTRATION else covered,
            starts_on,
            self._price(plan, chance),
            chance.choice([None, *contracts]),
        )
        sold = sell_subscription(self.session, order, at=self.now).sale.subscription
        self._says(plan, order.registrations, sold.starts_on, "to", sold.term.last_day, f"#{sold.id}")

    def renew(self, chance: Random) -> None:
        """Now, or on a day around the end of the term or of its grace, if that is to come."""
        old = self._one(Subscription, chance)
        if chance.randint(0, 1):
            self._come_to(old.last_day + timedelta(days=chance.choice([0, 1, 3, 4, 10, 11, 40])))
        months, price = chance.choice([None, *TERMS]), self._price(None, chance)
        sold = renew_subscription(self.session, old.id, months, price=price, at=self.now).sale.subscription
        self._says(f"#{old.id}:", sold.starts_on, "to", sold.term.last_day, f"#{sold.id}")

    def amend(self, chance: Random) -> None:
        sold = self._one(Subscription, chance)
        plan = chance.choice([None, *PLANS])
        customer = next(one for one in self.shop.clients if one.id == sold.client_id)
        numbers = self._numbers(customer)
        change = Change(
            max(self.today, sold.starts_on) + timedelta(days=chance.choice([0, 1, 2, 13, 40])),
            "Иванов",
            "договорились",
            plan,
            tuple(chance.sample(numbers, chance.choice([0, 0, 1]))),
            tuple(chance.sample(numbers, chance.choice([0, 0, 1]))),
            self._price(plan, chance),
        )
        amend_subscription(self.session, sold.id, change, at=self.now)
        self._says(f"#{sold.id}", plan, change.effective_on, change.add, change.remove, change.price)

    def cancel(self, chance: Random) -> None:
        sold = self._one(Subscription, chance)
        days = [self.today, sold.starts_on - ONE_DAY, sold.starts_on, sold.term.last_day - ONE_DAY]
        days.append(max(self.today, sold.starts_on) + timedelta(days=chance.randint(0, 70)))
        last_day = chance.choice(days)
        cancelled = cancel_subscription(self.session, sold.id, last_day, "Иванов", "не нужно", at=self.now)
        self._says(f"#{sold.id} on", last_day, "refund", cancelled.cancellation.refund_minor)

    def claim_gap(self, chance: Random) -> None:
        late = select(Subscription.id).where(Subscription.serves_from > Subscription.starts_on)
        ids = self.session.exec(late.order_by(col(Subscription.id))).all()
        if not ids:
            raise Refusal("NOTHING_THERE")
        claimed = claim_service(self.session, chance.choice(ids), "Иванов", "обслуживали", at=self.now)
        self._says(f"#{claimed.subscription_id}")

    def block(self, chance: Random) -> None:
        sold = self._one(Subscription, chance)
        subject = chance.choice([{}, {"subscription_id": sold.id}, {"contract_id": sold.contract_id}])
        from_at = chance.choice([None, self.now + timedelta(days=chance.randint(1, 9))])
        until_at = chance.choice([None, self.now + timedelta(days=chance.randint(1, 60))])
        raise_block(self.session, sold.client_id, "долг", at=self.now, from_at=from_at, until_at=until_at, **subject)

    def lift(self, chance: Random) -> None:
        lift_block(self.session, self._one(Block, chance).id, at=self.now)

    def approve(self, chance: Random) -> None:
        """A person lets a client be served, or ends that."""
        given = self.session.exec(select(Override)).all()
        if given and chance.randint(0, 1):
            end_override(self.session, chance.choice(given).id, at=self.now)
            return
        until_at = self.now + timedelta(days=chance.randint(1, 60))
        give_override(self.session, self.someone(chance).id, "Орлова", "Ждём", until_at=until_at, at=self.now)

    def register(self, chance: Random) -> None:
        """A newly bought copy, in place of another one or besides it."""
        customer = self.someone(chance)
        bought = {"purchase": chance.choice([Purchase.BOX, Purchase.PLUS_ITS])}
        bought |= {"bought_on": self.today - timedelta(days=chance.choice([0, 0, 20, 100]))}
        if chance.randint(0, 2) == 0:
            replaced = chance.choice(self._numbers(customer))
            bought = {"purchase": Purchase.UPGRADE, "bought_on": self.today, "replaces": replaced}
        new = a_registration(self.session, customer.entity, at=self.now, **bought)
        self._says(new.number, new.purchase, new.bought_on)

    def start_free(self, chance: Random) -> None:
        number = chance.choice(self._numbers(self.someone(chance)))
        start_free_period(self.session, self.seller.id, number, chance.choice(["its-prof", "by-term"]), at=self.now)

    def buy_package(self, chance: Random) -> None:
        sell_package(self.session, self._one(Contract, chance).id, "hours-20", at=self.now)

    def work(self, chance: Random) -> None:
        self._number += 1
        self._works.append(
            Work(
                self.someone(chance).id,
                "desk",
                f"SD-{self._number}",
                chance.choice([1, 25, 65, 300]),
                self.now - timedelta(days=chance.choice([0, 0, 3, 35]), minutes=chance.randint(0, 600)),
                seller_id=self.seller.id,
                charge=chance.choice([Charge.DRAW, Charge.DRAW, *Charge]),
                ticket=chance.choice(["", "T-1"]),
                service=chance.choice(["remote_work", "visit", ""]),
            )
        )
        log(self.session, self._works[-1], at=self.now)

    def correct(self, chance: Random) -> None:
        if self._works:
            minutes = chance.choice([0, 10, 90])
            log(self.session, replace(chance.choice(self._works), worked_minutes=minutes), at=self.now)

    def charge(self, chance: Random) -> None:
        """Work that is paid by the hour, of a client whose subscription runs today."""
        running = (Subscription.starts_on <= self.today, Subscription.ends_on > self.today)
        own = select(Subscription.client_id).where(Subscription.seller_id == self.seller.id, *running)
        ids = self.session.exec(own.order_by(col(Subscription.id))).all()
        if not ids:
            raise Refusal("NOTHING_THERE")
        self._number += 1
        minutes, paid = chance.choice([25, 65, 300]), {"charge": Charge.PAID, "service": "remote_work"}
        said = (chance.choice(ids), "desk", f"SD-{self._number}", minutes, self.now)
        self._works.append(Work(*said, seller_id=self.seller.id, **paid))
        log(self.session, self._works[-1], at=self.now)

    def overturn(self, chance: Random) -> None:
        """Of work less stands than was said, or none; the last one more often."""
        if self._works:
            work = chance.choice((self._works[-1], chance.choice(self._works)))
            log(self.session, replace(work, worked_minutes=chance.choice([0, 0, 10])), at=self.now)

    def dearer(self, chance: Random) -> None:
        """An amendment that costs more, soon."""
        sold = self._one(Subscription, chance)
        on = max(self.today, sold.starts_on) + timedelta(days=chance.choice([0, 1, 13]))
        price = Money(sold.price_minor + chance.choice([90_001, 1_000_000]))
        amend_subscription(self.session, sold.id, Change(on, "Иванов", "договорились", price=price), at=self.now)
        self._says(f"#{sold.id}", on, price)

    def retax(self, chance: Random) -> None:
        """The seller is taxed otherwise from a day that is still to come."""
        on = chance.choice([next_month(self.today), self.today + timedelta(days=10)])
        mode = chance.choice(list(TaxMode))
        tax_from(self.session, self.seller.id, mode, on)
        self._says(mode, "from", on)

    def hold(self, chance: Random) -> None:
        question = Question(self.now, service="remote_work", minutes=chance.choice([15, 100, 600]))
        hold(self.session, asking(self.someone(chance)), question, asked(self.now), hold_hours=chance.randint(1, 99))

    def decide(self, chance: Random) -> None:
        """Somebody asks beyond the hours, and at times a manager says something to what waits, or something else."""
        question = Question(self.now, service="remote_work", minutes=600)
        caller = asking(self.someone(chance))
        hold(self.session, caller, question, self.envelope(caller, question))
        if chance.randint(0, 1):
            return
        self.now += timedelta(seconds=1)
        case_id = self._one(OverLimitCase, chance).id
        seen = case_record(self.session, case_id).state
        state = chance.choice(seen.followers or CaseState.NEW.followers)
        decide_case(self.session, case_id, state, decided_by="Орлова", at=self.now, seen=seen)
        self._says(f"case {case_id}:", seen, "to", state)

    def object(self, chance: Random) -> None:
        """A client objects to a line of a statement, and at times the staff upholds it at once."""
        line = self._one(StatementLine, chance)
        objection = object_to(
            self.session, line.statement_id, line.position, text="Меньше", said_by="Седова", at=self.now
        )
        if chance.randint(0, 3):
            by = {"reason": "Верно", "decided_by": "Орлова"}
            uphold(self.session, objection.id, **by, standing_minutes=chance.choice([0, 0, 9]), at=self.now)

    def end_hold(self, chance: Random) -> None:
        end = chance.choice([settle_hold, release_hold, partial(settle_hold, minutes=chance.choice([0, 15]))])
        end(self.session, self._one(Hold, chance).id, at=self.now)

    def pay(self, chance: Random) -> None:
        """Money comes for an invoice: what is left of it, less, more, or for none that is known yet."""
        invoice = self._one(Invoice, chance)
        left = standing_of(self.session, invoice).left.minor
        minor = max(chance.choice([left, left, left // 3, left + 50_000, 100]), 1)
        self._number += 1
        came = (str(self._number), self.today - timedelta(days=chance.choice([0, 0, 2])), Money(minor), "Оплата")
        payment = record_payment(self.session, Received(invoice.seller_id, invoice.entity_id, *came), at=self.now)
        self._says(f"#{payment.id}", minor, "for", f"#{invoice.id}", "of", left)
        if left and chance.randint(0, 3):
            put_to_invoice(self.session, payment.id, invoice.id, at=self.now)

    def put(self, chance: Random) -> None:
        """A part of what came is put to an invoice later."""
        payment, invoice = self._one(Payment, chance), self._one(Invoice, chance)
        amount = chance.choice([None, Money(chance.randint(1, 10_000))])
        put_to_invoice(self.session, payment.id, invoice.id, amount, at=self.now)
        self._says(f"#{payment.id} to #{invoice.id}:", amount)

    def pay_back(self, chance: Random) -> None:
        """A part of what is free of a payment goes back, today or a day ago."""
        payment = self._one(Payment, chance)
        free = payment_standing(self.session, payment).advance.minor
        self._number += 1
        minor, on = (
            chance.choice([free, free, free // 2, free + 1]),
            self.today - timedelta(days=chance.choice([0, 0, 1])),
        )
        back = pay_back(self.session, payment.id, Money(minor), on, str(self._number), at=self.now)
        self._says(f"#{payment.id}", minor, f"as #{back.id}")

    def take_back(self, chance: Random) -> None:
        payment = self._one(Payment, chance)
        reverse_payment(self.session, payment.id, "Котова", "Банк отозвал", at=self.now)
        self._says(f"#{payment.id}")

    def close(self, chance: Random) -> None:
        """Close every month that is over, at every seller."""
        for seller in self.shop.sellers:
            month = first_open_month(self.session, seller.id) or date.max.replace(day=1)
            while month < first_of_month(seller.day_of(self.now)):
                self._close(seller, month)
                month = next_month(month)

    def end_month(self, chance: Random) -> None:
        """The month ends, and it is closed with all before it."""
        self._come_to(next_month(self.today))
        self.close(chance)

    def _close(self, seller: Seller, month: date) -> None:
        run = open_run(self.session, seller.id, month, at=self.now)
        tasks = claim(self.session, run.id, 25)
        problems = close_or_explain(self.session, seller.id, [task.client_id for task in tasks], month, self.now)
        for task in tasks:
            task.problem = problems.get(task.client_id, "")
            task.state = TaskState.PARKED if task.problem else TaskState.CLOSED
            assert task.problem.startswith(PARKED_FOR) or not task.problem, task.problem
        self._says(f"{month:%Y-%m}", *problems.values())


SELDOM = (
    "block",
    "lift",
    "approve",
    "register",
    "start_free",
    "buy_package",
    "correct",
    "hold",
    "decide",
    "object",
    "end_hold",
    "close",
    "pay",
    "put",
    "pay_back",
    "take_back",
)
OFTEN = ("wait", "wait", "sell", "renew", "amend", "cancel", "work", "claim_gap")
ACTS = (*SELDOM, *OFTEN, *OFTEN)
MONEY_ACTS = (
    *("pay", "pay", "pay", "put", "put", "pay_back", "take_back", "wait", "sell", "renew", "amend", "cancel", "cancel"),
    *("buy_package", "work", "work", "close", "object", "charge", "overturn", "dearer", "end_month", "retax"),
)
"""What moves money: what is sold, given back, worked, billed and paid."""
