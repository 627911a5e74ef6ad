"""Whatever is sold, given back, worked, billed and paid: every sum is where it belongs, once (M4, M5, E4, E6)."""

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from api.database import transaction
from api.reconcile import breaches
from contracts.paying import follow_payments
from tests.journeys.lives import BIRTHDAYS, MONEY_ACTS, Life, Shop, open_shop
from tests.journeys.money_rules import RULES, Money, Passed

LENGTHS = (2, 3, 4, 5, 8, 12)
OPENINGS = (
    ("sell", "pay", "wait"),
    (
        "sell",
        "charge",
        "charge",
        "end_month",
        "pay",
        "overturn",
        "charge",
        "end_month",
        "overturn",
        "overturn",
        "end_month",
    ),
    ("sell", "dearer", "pay", "pay", "cancel", "cancel"),
)
"""A sale that is paid; a month that takes back what the one before charged; a cancellation after an amendment."""


@pytest.fixture
def shop(engine: Engine) -> Shop:
    """A shop of which one seller follows payments."""
    with transaction(engine) as session:
        shop = open_shop(session)
        follow_payments(session, shop.sellers[0].id, date(2024, 1, 1))
        return shop


def live(engine: Engine, shop: Shop, chance: Random) -> None:
    """A life whose journal is looked at after each act, and the rest when it is over; it is never committed."""
    with Session(engine, expire_on_commit=False) as session:
        life = Life(session, shop, chance.randrange(len(shop.sellers)), chance.choice(BIRTHDAYS))
        passed, broken = Passed(life.seller), list[str]()
        for act in (*chance.choice(OPENINGS), *chance.choices(MONEY_ACTS, k=chance.choice(LENGTHS))):
            if life.act(act, chance):
                broken += passed.m5_the_journal_of_passed_days_is_unchanged(session, life.now)
        money = Money(session)
        broken += [f"{holds.__name__}: {fault}" for holds in RULES for fault in holds(session, money)]
        broken += [str(breach) for breach in breaches(session)]
        assert not broken, "\n".join(["", *life.story, *broken])


def test_lives_of_invoices_payments_and_credits_add_up_m5_e4(engine: Engine, shop: Shop) -> None:
    lives = 24 if engine.dialect.name == "sqlite" else 6

    @settings(max_examples=lives, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(chance=st.randoms(use_true_random=False))
    def lived(chance: Random) -> None:
        live(engine, shop, chance)

    lived()


PARTS = [("sqlite", 2_375)] * 8 + [("postgresql", 250)] * 4


@pytest.mark.long
@pytest.mark.parametrize(("engine", "lives"), PARTS, indirect=["engine"])
def test_20_000_lives_of_invoices_payments_and_credits_add_up_m5_e4(engine: Engine, shop: Shop, lives: int) -> None:
    @settings(max_examples=lives, deadline=None)
    @given(chance=st.randoms(use_true_random=True))
    def lived(chance: Random) -> None:
        live(engine, shop, chance)

    lived()
