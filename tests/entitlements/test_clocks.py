"""The earlier of two clocks ends the service, and a plan serves only beside the one it requires (S7, S8)."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.money import Money
from contracts.policies import Unpaid
from contracts.standing import Standing
from entitlements.answers import Option, Warned
from entitlements.clocks import SERVING, base_is_active
from entitlements.covers import ClientFacts, CoverKind, RegisteredPeriod, RegistrationFacts
from entitlements.decision import decide
from entitlements.plan_terms import PlanTerms
from entitlements.reasons import Reason
from tests.entitlements.facts_builders import PLAN, ask, client, cover, moment, plan, stop, under

KIND, OTHER_KIND = 7, 8
APRIL, CHRISTMAS = date(2026, 4, 1), date(2026, 12, 25)
QUESTION = {"service": "consultation"}


def held(ends_on: date | None, kind_id: int | None = KIND, *, by_other: bool = False) -> RegisteredPeriod:
    return RegisteredPeriod(kind_id, APRIL, ends_on, by_other)


def registered(*periods: RegisteredPeriod, **changes: Any) -> ClientFacts:
    """A client with a year from 01.04.2026, of which the vendor's register says this."""
    copy = RegistrationFacts("800", registered=periods)
    plans = under(kind_id=KIND, **({"expiring_days": 30} | changes))
    return client(cover(), registrations=(copy,), plans=plans)


def told(facts: ClientFacts, at: str) -> tuple[Reason, date | None]:
    answer = decide(facts, ask(at, **QUESTION))
    return answer.reason, None if answer.cover is None else answer.cover.last_day


def test_the_register_ends_the_service_earlier_and_no_grace_follows_s8() -> None:
    facts = registered(held(CHRISTMAS), grace_days=60)
    last_day = date(2026, 12, 24)
    assert told(facts, "2026-11-01") == (Reason.COVERED, last_day)
    assert told(facts, "2026-12-24 23:59:59") == (Reason.COVERED_RENEWAL_DUE, last_day)
    assert told(facts, "2026-12-25") == (Reason.CONTRACT_LAPSED, last_day)
    assert decide(facts, ask("2026-12-24", **QUESTION)).valid_until == moment("2026-12-25")


REGISTER = Option("renew_registration", date(2026, 12, 25))
"""Having the registration renewed at the vendor, from the day after the register ends."""


@pytest.mark.parametrize(
    ("at", "options", "warnings"),
    [
        ("2026-11-01", (), ()),
        ("2026-12-10", (REGISTER,), (Warned("REGISTRATION_DUE", date(2026, 12, 24)),)),
        ("2026-12-25", (REGISTER,), ()),
        ("2027-03-20", (REGISTER, Option("renew", date(2027, 4, 1), price=Money(3_381_600))), ()),
        ("2027-04-05", (REGISTER, Option("renew", date(2027, 4, 1), price=Money(3_381_600))), ()),
        ("2027-05-05", (Option("renew", date(2027, 5, 5), price=Money(3_600_000)),), ()),
    ],
    ids=["runs", "ends soon", "ended", "the term ends too", "its grace", "the term is over"],
)
def test_what_the_register_ends_goes_on_once_the_registration_is_renewed_s8(
    at: str, options: tuple[Option, ...], warnings: tuple[Warned, ...]
) -> None:
    answer = decide(registered(held(CHRISTMAS), grace_days=10), ask(at, **QUESTION))
    assert (answer.options, answer.warnings) == (options, warnings)
    renewed = decide(registered(held(date(2028, 1, 1)), grace_days=10), ask(at, **QUESTION))
    assert renewed.is_served == (at < "2027-04-11")


def test_both_that_end_soon_are_told_each_with_its_day_s8() -> None:
    answer = decide(registered(held(date(2027, 3, 25))), ask("2027-03-20", **QUESTION))
    assert [option.action for option in answer.options] == ["renew_registration", "renew"]
    due = [Warned("REGISTRATION_DUE", date(2027, 3, 24)), Warned("RENEWAL_DUE", date(2027, 3, 31))]
    assert list(answer.warnings) == due


def test_a_register_that_ends_later_leaves_the_own_end_s8() -> None:
    facts = registered(held(date(2028, 1, 1)), grace_days=10)
    assert told(facts, "2027-03-31") == (Reason.COVERED_RENEWAL_DUE, date(2027, 3, 31))
    assert told(facts, "2027-04-10")[0] is Reason.COVERED_IN_GRACE


@pytest.mark.parametrize(
    "periods",
    [
        (),
        (held(None),),
        (held(CHRISTMAS, OTHER_KIND),),
        (held(CHRISTMAS), held(None, None)),
        (held(CHRISTMAS), held(None)),
        (held(CHRISTMAS), RegisteredPeriod(KIND, CHRISTMAS, date(2027, 12, 25))),
        (held(None, by_other=True), held(date(2027, 12, 25))),
    ],
    ids=["no answer", "no end", "other kind", "unknown kind", "an open period", "the next period", "ours beside"],
)
def test_nothing_is_concluded_from_what_the_register_does_not_say_s8(periods: tuple[RegisteredPeriod, ...]) -> None:
    assert told(registered(*periods), "2026-12-30") == (Reason.COVERED, date(2027, 3, 31))


def test_what_ended_before_the_term_never_serves_s8() -> None:
    facts = registered(held(date(2026, 3, 1)))
    assert told(facts, "2026-03-20")[0] is Reason.CONTRACT_NOT_STARTED
    assert told(facts, "2026-04-01")[0] is Reason.CONTRACT_LAPSED


def test_another_partner_is_told_while_it_holds_s8() -> None:
    facts = registered(held(CHRISTMAS, by_other=True))
    assert told(facts, "2026-12-24")[0] is Reason.HELD_BY_OTHER_PARTNER
    assert told(facts, "2026-12-25")[0] is Reason.COVERED
    assert decide(facts, ask("2026-12-24", **QUESTION)).valid_until == moment("2026-12-25")


def test_one_registration_that_serves_is_enough_unless_another_is_asked_about_s8() -> None:
    copies = (RegistrationFacts("800", registered=(held(CHRISTMAS),)), RegistrationFacts("801"))
    both = client(cover(registrations=("800", "801")), registrations=copies, plans=under(kind_id=KIND))
    assert told(both, "2026-12-30")[0] is Reason.COVERED
    ended = decide(both, ask("2026-12-30", registration_number="800", **QUESTION))
    assert ended.reason is Reason.CONTRACT_LAPSED


@pytest.mark.parametrize(
    ("at", "number", "due"),
    [
        ("2026-11-23", None, False),
        ("2026-11-24", None, True),
        ("2026-12-24 23:59", None, True),
        ("2026-12-24 23:59", "801", False),
        ("2026-12-25", None, False),
    ],
)
def test_the_first_registration_to_end_is_told_while_the_others_go_on_s8(
    at: str, number: str | None, due: bool
) -> None:
    copies = (RegistrationFacts("800", registered=(held(CHRISTMAS),)), RegistrationFacts("801"))
    plans = under(kind_id=KIND, expiring_days=30)
    both = client(cover(registrations=("800", "801")), registrations=copies, plans=plans)
    answer = decide(both, ask(at, registration_number=number, **QUESTION))
    assert answer.reason is Reason.COVERED
    assert answer.warnings == ((Warned("REGISTRATION_DUE", date(2026, 12, 24)),) if due else ())


@pytest.mark.parametrize("gone_on", [{"has_successor": True}, {"cancelled_on": date(2027, 1, 31)}])
def test_the_register_is_no_matter_of_what_was_renewed_or_cancelled_s8(gone_on: dict[str, Any]) -> None:
    copies = (RegistrationFacts("800", registered=(held(CHRISTMAS),)), RegistrationFacts("801"))
    both = cover(registrations=("800", "801"), **gone_on)
    facts = client(both, registrations=copies, plans=under(kind_id=KIND, expiring_days=30))
    assert decide(facts, ask("2026-12-10", **QUESTION)).warnings == ()


PAYMENT = {"paid_until": date(2026, 10, 9), "served_unpaid_until": date(2026, 10, 16)}


def test_unpaid_service_goes_on_for_the_payment_grace_and_no_day_longer_s8() -> None:
    facts = client(cover(**PAYMENT))
    for at, reason in [
        ("2026-10-09 23:59:59", Reason.COVERED),
        ("2026-10-10", Reason.COVERED_PAYMENT_DUE),
        ("2026-10-16 23:59:59", Reason.COVERED_PAYMENT_DUE),
        ("2026-10-17", Reason.PAYMENT_OVERDUE),
    ]:
        assert told(facts, at)[0] is reason
    assert decide(facts, ask("2026-10-09")).valid_until == moment("2026-10-10")
    late = decide(facts, ask("2026-10-10", **QUESTION))
    assert (late.valid_until, late.warnings) == (moment("2026-10-17"), (Warned("PAYMENT_DUE", date(2026, 10, 16)),))
    assert late.cover is not None
    assert late.cover.paid_until == date(2026, 10, 9)


def test_the_earlier_of_the_two_clocks_governs_s8() -> None:
    copy = RegistrationFacts("800", registered=(held(date(2026, 10, 12)),))
    facts = client(cover(**PAYMENT), registrations=(copy,), plans=under(kind_id=KIND))
    late = decide(facts, ask("2026-10-11", **QUESTION))
    assert (late.is_served, {warned.code for warned in late.warnings}) == (True, {"REGISTRATION_DUE", "PAYMENT_DUE"})
    assert told(facts, "2026-10-12")[0] is Reason.CONTRACT_LAPSED
    assert told(facts, "2026-10-20")[0] is Reason.CONTRACT_LAPSED


BASE = {PLAN + 1: plan(code="base", plan_version_id=PLAN + 1, grace_days=5)}


def beside(**base: Any) -> ClientFacts:
    """An industry plan for a year, beside a base plan that is like this."""
    given = {"id": 2, "plan_version_id": PLAN + 1, "ends_on": date(2026, 10, 1)} | base
    plans = under(requires="base", services=()) | BASE
    return client(cover(), cover(**given), plans=plans)


@pytest.mark.parametrize(
    ("base", "at", "active"),
    [
        ({}, "2026-09-30", True),
        ({}, "2026-10-05", True),  # in grace
        ({}, "2026-10-06", False),
        ({"starts_on": date(2026, 6, 1)}, "2026-05-31", False),
        ({"cancelled_on": date(2026, 7, 1)}, "2026-07-02", False),
        ({"stops": (stop("2026-07-01"),)}, "2026-07-02", False),
        ({"kind": CoverKind.FREE_PERIOD}, "2026-09-30", True),
    ],
)
def test_a_plan_serves_only_beside_the_active_plan_that_it_requires_s7(base: Any, at: str, active: bool) -> None:
    facts = beside(**base)
    assert base_is_active(facts, facts.covers[0], facts.plans[PLAN], None, date.fromisoformat(at), moment(at)) is active
    reasons = {rule.code for rule in decide(facts, ask(at, service=None)).rules if not rule.holds}
    assert ("BASE_PLAN_ACTIVE" in reasons) is not active


def test_the_base_plan_must_serve_the_registration_that_is_asked_about_s7() -> None:
    facts = beside(registrations=("801",), ends_on=date(2027, 4, 1))
    copies = (RegistrationFacts("800"), RegistrationFacts("801"))
    facts = client(*facts.covers, plans=facts.plans, registrations=copies)
    answer = decide(facts, ask("2026-07-01", registration_number="800"))
    assert answer.reason is Reason.BASE_PLAN_INACTIVE


APPROVE_UNPAID = {PLAN + 1: plan(code="base", plan_version_id=PLAN + 1, unpaid=Unpaid.APPROVE)}
TO_SIGN = {PLAN + 1: plan(code="base", plan_version_id=PLAN + 1, requires_signature=True)}


@pytest.mark.parametrize(
    ("base", "plans", "register", "active"),
    [
        (PAYMENT, {}, (), False),
        (PAYMENT, APPROVE_UNPAID, (), True),
        ({}, TO_SIGN, (), False),
        ({"signed_on": date(2026, 10, 20)}, TO_SIGN, (), True),
        ({}, {}, (RegisteredPeriod(0, date(2026, 4, 1), date(2026, 10, 20)),), False),
        ({}, {}, (RegisteredPeriod(0, date(2026, 4, 1), date(2026, 10, 21)),), True),
        ({}, {}, (RegisteredPeriod(0, date(2026, 4, 1), None, by_other=True),), False),
    ],
)
def test_a_base_plan_that_may_not_serve_now_is_no_active_one_s7(
    base: dict[str, Any], plans: dict[int, PlanTerms], register: tuple[RegisteredPeriod, ...], active: bool
) -> None:
    facts = beside(ends_on=date(2027, 4, 1), **base)
    copy = RegistrationFacts("800", registered=register)
    facts = client(*facts.covers, plans=facts.plans | plans, registrations=(copy,))
    industry = replace(facts.plans[PLAN], kind_id=OTHER_KIND)
    on, at = date(2026, 10, 20), moment("2026-10-20 12:00")
    for number in ("800", None):
        assert base_is_active(facts, facts.covers[0], industry, number, on, at) is active


def test_the_base_of_another_registration_serves_no_cover_s7() -> None:
    facts = beside(registrations=("801",), ends_on=date(2027, 4, 1))
    on, at = date(2026, 10, 15), moment("2026-10-15")
    assert not base_is_active(facts, facts.covers[0], facts.plans[PLAN], None, on, at)


def test_what_serves_is_what_runs_or_is_in_grace_t5() -> None:
    assert set(Standing) - set(SERVING) == {
        Standing.UPCOMING,
        Standing.LAPSED,
        Standing.CANCELLED,
        Standing.SUSPENDED,
    }


def test_a_copy_that_an_upgrade_replaced_says_nothing_of_the_others_s1_s8() -> None:
    """The client's first copy was surrendered on 01.06.2026; the register has the second one until Christmas."""
    gone = RegistrationFacts("801", surrendered_on=date(2026, 6, 1))
    for period, reason in (
        (held(CHRISTMAS), Reason.CONTRACT_LAPSED),
        (held(date(2027, 12, 25), by_other=True), Reason.HELD_BY_OTHER_PARTNER),
    ):
        copies = (RegistrationFacts("800", registered=(period,)), gone)
        own = cover(registrations=("800", "801"))
        facts = client(own, registrations=copies, plans=under(kind_id=KIND, expiring_days=30))
        assert told(facts, "2026-12-25")[0] is reason
        assert told(facts, "2026-05-31")[0] is Reason.COVERED
