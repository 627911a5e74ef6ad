"""Facts of hours and covers in a few words: pools, lots, entries and holds of October 2026, unless told otherwise."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from contracts.policies import Alignment
from contracts.terms import Term, boundary
from entitlements.answers import Question
from entitlements.covers import ClientFacts, Cover, CoverKind, NamedContact, RegistrationFacts, Stop
from entitlements.hours import HoursAccount, LotState, account, local_day
from entitlements.hours_facts import Entry, GrantKind, HoursFacts, Lot, LotOrigin, Reserve
from entitlements.plan_terms import PackageOffer, PlanTerms, ServiceTerms, VersionOnSale
from entitlements.rounding import RoundingPolicy

MOSCOW = "Europe/Moscow"
SELLER, PLAN = 1, 10
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)

_ids = count(1)


def moment(text: str, time_zone: str = MOSCOW) -> datetime:
    """The instant of a local time, "2026-10-05 10:00"; midnight when only the day is given."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def lot(kind: GrantKind, minutes: int, starts_on: date = OCTOBER, ends_on: date | None = None, **changes: Any) -> Lot:
    """Minutes granted for the calendar month that holds `starts_on`, or up to `ends_on`."""
    facts: dict[str, Any] = {"origin": LotOrigin.GRANT, "source_id": next(_ids), "kind": kind, "minutes": minutes}
    facts |= {"starts_on": starts_on, "ends_on": ends_on or Term.calendar_month(starts_on).ends_on}
    return Lot(**(facts | changes))


def monthly(minutes: int, starts_on: date, months: int, *, cap: int = 0, life: int = 0) -> list[Lot]:
    """Included minutes of every month of a term, which roll over with a cap and a life of so many months (H6)."""
    return [
        lot(
            GrantKind.INCLUDED,
            minutes,
            month.starts_on,
            month.ends_on,
            rollover_cap_minutes=cap,
            rollover_ends_on=boundary(starts_on, k + 1 + life) if life else None,
        )
        for k, month in enumerate(Term.of_months(starts_on, months).months())
    ]


def work(started: str, minutes: int, *, counts_on: date | None = None, **changes: Any) -> Entry:
    """Work in business hours; what is entered after its month was closed counts from the midnight of `counts_on`."""
    number, started_at = next(_ids), moment(started)
    facts: dict[str, Any] = {
        "id": number,
        "source": "desk",
        "external_id": f"{number:06}",
        "revision": 1,
        "started_at": started_at,
        "counts_at": started_at if counts_on is None else moment(counts_on.isoformat()),
        "counts_on": counts_on or local_day(started_at, MOSCOW),
        "weighted_hundredths": 100 * minutes,
        "minimum_minutes": 15,
        "plan_version_id": PLAN,
    }
    return Entry(**(facts | changes))


def reversal(original: Entry, counts_on: date | None = None, **changes: Any) -> Entry:
    """The reversal of an entry on its own day, or on the first open day after its month was closed (H10)."""
    facts: dict[str, Any] = {
        "id": next(_ids),
        "source": original.source,
        "external_id": original.external_id,
        "revision": original.revision + 1,
        "started_at": original.started_at,
        "counts_at": original.counts_at if counts_on is None else moment(counts_on.isoformat()),
        "counts_on": counts_on or original.counts_on,
        "weighted_hundredths": 0,
        "minimum_minutes": 0,
        "reverses": original.id,
    }
    return Entry(**(facts | changes))


def hold(minutes: int, placed: str, expires: str, ended: str | None = None) -> Reserve:
    """Minutes reserved for a ticket."""
    return Reserve(next(_ids), minutes, moment(placed), moment(expires), moment(ended) if ended else None)


def pool(lots: list[Lot] | None = None, entries: list[Entry] | None = None, **changes: Any) -> HoursFacts:
    """A pool with a seller in Moscow whose plan rounds up to 15 minutes."""
    facts: dict[str, Any] = {"time_zone": MOSCOW, "lots": tuple(lots or ()), "entries": tuple(entries or ())}
    facts |= {"policies": {PLAN: RoundingPolicy()}}
    return HoursFacts(**(facts | changes))


def account_on(facts: HoursFacts, day: str) -> HoursAccount:
    """The account at a local time, "2026-11-01" or "2026-10-31 23:59"."""
    return account(facts, moment(day, facts.time_zone))


def state_of(hours: HoursAccount, kind: GrantKind) -> LotState:
    """The one lot of a kind."""
    [state] = [state for state in hours.lots if state.lot.kind is kind]
    return state


def plan(**changes: Any) -> PlanTerms:
    """A plan whose remote work draws hours and whose consultation line does not; 1 800.00 an hour over the limit."""
    services = (ServiceTerms("remote_work", True), ServiceTerms("visit", True, 60), ServiceTerms("consultation", False))
    facts: dict[str, Any] = {"plan_version_id": PLAN, "code": "prof", "version": 1, "rounding": RoundingPolicy()}
    facts |= {"services": services, "overage_rate_minor": 180_000, "expiring_days": 0}
    return PlanTerms(**(facts | changes))


def under(**changes: Any) -> dict[int, PlanTerms]:
    """The plan of every cover, with changes."""
    return {PLAN: plan(**changes)}


def cover(**changes: Any) -> Cover:
    """A subscription of registration 800 from 01.04.2026 to 31.03.2027."""
    facts: dict[str, Any] = {"kind": CoverKind.SUBSCRIPTION, "id": 1, "seller_id": SELLER, "contract_number": "2026/1"}
    facts |= {"plan_version_id": PLAN, "starts_on": date(2026, 4, 1), "ends_on": date(2027, 4, 1), "term_months": 12}
    return Cover(**(facts | {"registrations": ("800",)} | changes))


def named(*addresses: str, since: str = "2026-01-01", withdrawn: str | None = None) -> NamedContact:
    """A person whom the client named, with all addresses at once."""
    return NamedContact(dict.fromkeys(addresses, moment(since)), None if withdrawn is None else moment(withdrawn))


def stop(from_at: str, until_at: str | None = None) -> Stop:
    """A block on a cover."""
    return Stop(moment(from_at), moment(until_at) if until_at else None)


def client(*covers: Cover, **changes: Any) -> ClientFacts:
    """A client with registrations 800 and 801 and 480 minutes for October, used by nobody."""
    facts: dict[str, Any] = {"client_id": 7, "state_version": 3, "covers": covers, "plans": under()}
    facts |= {"registrations": (RegistrationFacts("800"), RegistrationFacts("801"))}
    facts |= {"pools": {SELLER: pool([lot(GrantKind.INCLUDED, 480)])}, "on_sale": ON_SALE}
    return ClientFacts(**(facts | changes))


def ask(at: str = "2026-10-15 12:00", **changes: Any) -> Question:
    """A question about remote work."""
    return Question(moment(at), **({"service": "remote_work"} | changes))


ON_SALE = (VersionOnSale("prof", date(2026, 1, 1), "RUB", Alignment.ANY_DAY, {12: (3_381_600, 3_600_000)}),)
"""A year of the plan for 33 816.00, and for 36 000.00 after a break."""
PACKAGES = (PackageOffer("p5", 300, 1_500_000, "RUB"), PackageOffer("p20", 1_200, 5_400_000, "RUB"))
