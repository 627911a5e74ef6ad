"""What holds at every moment of a life, worked out anew from the rows and not by asking the code that made them.

Each rule tells what breaks it. It is named by the rules of the trade that it is about.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import select
from sqlmodel import Session

from api.schema import metadata
from billing.bookkeeping import journal_of
from billing.equations import NUMBERED
from billing.journal import Operation, Source
from billing.replaying import Tried, replay
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller
from contracts.policies import Alignment, IncludedPer, LapseRenewal
from contracts.queries import calendar_of
from contracts.subscriptions import Contract
from contracts.terms import Term, first_of_month, next_month
from entitlements.client_facts import ClientSnapshot, current_facts, decode, keep_snapshot
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.desk import Caller, check
from entitlements.facts import hours_facts
from entitlements.hours import PART_OF, HoursAccount, account, local_day
from entitlements.hours_facts import GrantKind
from tests.journeys.lives import Told

Found = Iterator[str]
ONE_DAY = timedelta(days=1)
TAX_CHANGE = date(2026, 1, 1)
TAXED = {"Europe/Moscow": (20, 22), "Asia/Kamchatka": (20, 22), "America/New_York": (None, 5)}
"""The per cent at each seller before and after the New Year of the change."""
READ = (
    "seller",
    "plan",
    "plan_version",
    "registration",
    "contract",
    "subscription",
    "specification",
    "coverage",
    "service_override",
    "service_override_ending",
)
READ += ("amendment", "cancellation", "gap_claim", "free_period", "block", "grant", "grant_void", "number_series")
READ += ("over_limit_case", "over_limit_case_change", "held_request", "held_request_ending", "hold")
READ += (
    "invoice",
    "invoice_line",
    "credit_note",
    "credit_note_line",
    "statement",
    "act",
    "act_line",
    "reconciliation_act",
)


class Book:
    """Every row of the tables that a life writes, by table and by id."""

    def __init__(self, session: Session) -> None:
        execute = session.connection().execute
        self.rows: dict[str, Sequence[Any]] = {name: execute(_SELECTS[name]).all() for name in READ}
        self._by_id: dict[str, dict[int, Any]] = {}

    def one(self, table: str, row_id: int) -> Any:
        """The row of that id."""
        if table not in self._by_id:
            self._by_id[table] = {row.id: row for row in self.rows[table]}
        return self._by_id[table][row_id]

    def by(self, table: str, *columns: str) -> dict[Any, list[Any]]:
        """The rows by one of their columns, or by some of them."""
        found = defaultdict(list)
        for row in self.rows[table]:
            key = tuple(getattr(row, column) for column in columns)
            found[key if len(columns) > 1 else key[0]].append(row)
        return found

    def day_of(self, seller_id: int, at: datetime) -> date:
        """The seller's day of a moment."""
        return at.astimezone(ZoneInfo(self.one("seller", seller_id).time_zone)).date()

    def version(self, specification: Any) -> Any:
        """The plan version that a specification is on."""
        return self.one("plan_version", specification.plan_version_id)


_SELECTS = {name: select(metadata.tables[name]).order_by(*metadata.tables[name].primary_key) for name in READ}


def months_after(start: date, months: int) -> date:
    """The same day so many months later, or the day after the last one of a month that is too short (T1)."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, start.day) if start.day <= last else date(year, month0 + 1, last) + ONE_DAY


def share(minor: int, part: int, whole: int) -> int:
    """A part of an amount, half a unit away from zero (M1)."""
    rounded = (2 * abs(minor) * part + whole) // (2 * whole)
    return rounded if minor >= 0 else -rounded


def never_serves(sold: Any) -> bool:
    """Whether it was cancelled before its first day."""
    return sold.cancelled_on is not None and sold.cancelled_on < sold.starts_on


def end_of(sold: Any) -> date:
    """The day after the last day of service."""
    return sold.ends_on if sold.cancelled_on is None else sold.cancelled_on + ONE_DAY


# Terms and what they cover


def t1_a_term_is_whole_months_from_its_start(book: Book) -> Found:
    for sold in book.rows["subscription"]:
        due = months_after(sold.starts_on, sold.term_months)
        if sold.ends_on != due:
            yield f"#{sold.id} from {sold.starts_on} for {sold.term_months} months ends on {sold.ends_on}, not {due}"


def s6_nothing_is_covered_twice_by_one_kind(book: Book) -> Found:
    covered: dict[Any, list[Any]] = defaultdict(list)
    own = book.by("coverage", "specification_id")
    for one in book.rows["specification"]:
        kind = book.one("plan", book.version(one).plan_id).kind_id
        for coverage in own[one.id] if one.ends_on > one.starts_on else ():
            covered[coverage.registration_id, kind].append((one.starts_on, one.ends_on, one.subscription_id))
    for (registration_id, kind), spans in covered.items():
        for (_, ends_on, one), (starts_on, _, other) in pairwise(sorted(spans)):
            if starts_on < ends_on:
                yield f"registration {registration_id}, kind {kind}: #{one} and #{other} both cover {starts_on}"


def s9_specifications_tile_the_term_up_to_its_last_day(book: Book) -> Found:
    own = book.by("specification", "subscription_id")
    for sold in book.rows["subscription"]:
        serving = [one for one in sorted(own[sold.id], key=lambda one: one.starts_on) if one.ends_on > one.starts_on]
        starts = [*(one.starts_on for one in serving), end_of(sold)]
        ends = [sold.starts_on, *(one.ends_on for one in serving)]
        if never_serves(sold) and serving:
            yield f"#{sold.id} never serves, but is specified from {serving[0].starts_on}"
        if not never_serves(sold) and starts != ends:
            yield f"#{sold.id} from {sold.starts_on} until {end_of(sold)} is specified {serving}"


def s9_what_is_covered_is_what_is_specified(book: Book) -> Found:
    own = book.by("coverage", "specification_id")
    for one in book.rows["specification"]:
        version = book.version(one)
        kind = book.one("plan", version.plan_id).kind_id
        if bool(own[one.id]) != version.covers_registrations:
            yield f"specification {one.id} covers {len(own[one.id])} registrations"
        for row in own[one.id]:
            if (row.starts_on, row.ends_on, row.plan_kind_id) != (one.starts_on, one.ends_on, kind):
                yield f"coverage {row.id} is not that of specification {one.id}: {row}, {one}"


def s9_what_was_before_an_amendment_stays(book: Book) -> Found:
    for one in book.rows["amendment"]:
        sold = book.one("subscription", one.subscription_id)
        agreed_on = book.day_of(sold.seller_id, one.amended_at)
        if one.effective_on < agreed_on or not sold.starts_on < one.effective_on < sold.ends_on:
            yield f"#{sold.id} was amended on {agreed_on} from {one.effective_on} on"


def s11_a_last_day_is_named_ahead(book: Book) -> Found:
    for one in book.rows["cancellation"]:
        sold = book.one("subscription", one.subscription_id)
        said_on = book.day_of(sold.seller_id, one.cancelled_at)
        if one.last_day < said_on or not sold.starts_on <= one.last_day + ONE_DAY < sold.ends_on:
            yield f"#{sold.id} was cancelled on {said_on} with {one.last_day} as its last day"
        if sold.cancelled_on != one.last_day:
            yield f"#{sold.id} ends on {sold.cancelled_on}, its cancellation says {one.last_day}"


# Renewals


def s4_there_is_one_successor(book: Book) -> Found:
    served: dict[int, int] = {}
    for sold in book.rows["subscription"]:
        if sold.predecessor_id is not None and not never_serves(sold):
            old = _renewed(book, sold)
            if old.id in served:
                yield f"#{old.id} has two successors: #{served[old.id]} and #{sold.id}"
            served[old.id] = sold.id


def _renewed(book: Book, sold: Any) -> Any:
    """What a renewal follows: of renewals that never serve, the one that they were to follow."""
    old = book.one("subscription", sold.predecessor_id)
    while never_serves(old) and old.predecessor_id is not None:
        old = book.one("subscription", old.predecessor_id)
    return old


def s4_s5_a_successor_begins_where_its_predecessor_ends_or_as_a_lapse_allows(book: Book) -> Found:
    own = book.by("specification", "subscription_id")
    claimed = {one.subscription_id: one.served_from for one in book.rows["gap_claim"]}
    for sold in book.rows["subscription"]:
        if sold.predecessor_id is None or never_serves(sold):
            continue
        old, on = _renewed(book, sold), book.day_of(sold.seller_id, sold.sold_at)
        known = [one for one in own[old.id] if one.recorded_at < sold.sold_at]
        policy = book.version(max(known, key=lambda one: one.starts_on))
        grace_days = policy.grace_days if old.cancelled_on is None else 0
        lapsed = on > end_of(old) - ONE_DAY + timedelta(days=grace_days)
        first = (sold.starts_on, claimed.get(sold.id, sold.serves_from))
        aligned = book.one("plan_version", sold.plan_version_id).alignment is Alignment.FIRST_OF_MONTH
        late = months_after(on.replace(day=1), 1) if aligned and on.day > 1 else on
        gap_days = 0
        if not lapsed:
            due = (end_of(old), end_of(old))
        elif policy.lapse_renewal is LapseRenewal.CONTINUOUS:
            due = (end_of(old), on)
        else:
            due = (late, late)
            gap_days = (late - end_of(old)).days if policy.lapse_renewal is LapseRenewal.PAY_GAP else 0
        gap = share(sold.price_minor, gap_days, (sold.ends_on - sold.starts_on).days)
        if first != due or sold.gap_minor != gap or sold.starts_on < end_of(old):
            found, due_too = (*first, sold.gap_minor), (*due, gap)
            yield f"#{sold.id} renews #{old.id}, which ends before {end_of(old)}: {found}, not {due_too}"


def s4_only_what_has_a_successor_is_refused_as_renewed(book: Book, refusal: Refusal | None) -> Found:
    """A renewal that was cancelled before its first day keeps nobody from renewing again."""
    if refusal is not None and refusal.code == "ALREADY_RENEWED":
        old = book.one("subscription", refusal.facts["value"])
        successor = book.one("subscription", refusal.facts["successor_id"])
        renewed = _renewed(book, old) if never_serves(old) and old.predecessor_id is not None else old
        if never_serves(successor) or _renewed(book, successor).id != renewed.id:
            yield f"#{old.id} is refused as renewed by #{successor.id}, which {successor}"


# Money


def m4_what_a_subscription_is_charged_is_never_less_than_what_is_credited(book: Book) -> Found:
    charged, credited = book.by("invoice", "subscription_id"), _of_subscriptions(book, "credit_note")
    amended = _of_subscriptions(book, "invoice")
    for sold in book.rows["subscription"]:
        plus = [bill.total_minor for bill in (*charged[sold.id], *amended[sold.id])]
        minus = [bill.total_minor for bill in credited[sold.id]]
        net = sum(plus) - sum(minus)
        if net < 0 or (never_serves(sold) and net):
            yield f"#{sold.id} comes to {net}: charged {plus}, credited {minus}"


def _of_subscriptions(book: Book, table: str) -> dict[int, list[Any]]:
    """The bills of each subscription's cancellation and amendments."""
    bills: dict[int, list[Any]] = defaultdict(list)
    for bill in book.rows[table]:
        for reason in ("amendment", "cancellation"):
            reason_id = getattr(bill, f"{reason}_id", None)
            if reason_id is not None:
                bills[book.one(reason, reason_id).subscription_id].append(bill)
    return bills


def m4_every_price_and_every_reduction_is_billed_once(book: Book) -> Found:
    billed = book.by("invoice", "subscription_id")
    for sold in book.rows["subscription"]:
        if [one.total_minor for one in billed[sold.id]] != [sold.price_minor + sold.gap_minor]:
            yield f"#{sold.id} costs {sold.price_minor} and {sold.gap_minor}, and is invoiced {billed[sold.id]}"
    credited = book.by("credit_note", "cancellation_id")
    for one in book.rows["cancellation"]:
        if sum(note.total_minor for note in credited[one.id]) != one.refund_minor:
            yield f"cancellation {one.id} gives back {one.refund_minor}: {credited[one.id]}"
    up, down = book.by("invoice", "amendment_id"), book.by("credit_note", "amendment_id")
    for one in book.rows["amendment"]:
        bills = [bill.total_minor for bill in up[one.id]] + [-bill.total_minor for bill in down[one.id]]
        if sum(bills) != one.difference_minor or 0 in bills or (up[one.id] and down[one.id]):
            yield f"amendment {one.id} comes to {one.difference_minor}: {bills}"


def s9_the_difference_goes_by_the_days_left_of_the_whole_term(book: Book) -> Found:
    for subscription_id, changes in book.by("amendment", "subscription_id").items():
        sold = book.one("subscription", subscription_id)
        before = sold.price_minor
        for one in sorted(changes, key=lambda one: one.effective_on):
            left, days = (sold.ends_on - one.effective_on).days, (sold.ends_on - sold.starts_on).days
            due = share(one.price_minor - before, left, days)
            if one.difference_minor != due:
                yield f"amendment {one.id}: {one.difference_minor}, not {due}"
            before = one.price_minor


def e4_bills_are_the_sums_of_their_lines(book: Book) -> Found:
    for table in ("invoice", "credit_note", "act"):
        lines = book.by(f"{table}_line", f"{table}_id")
        for bill in book.rows[table]:
            sums = tuple(sum(getattr(line, name) for line in lines[bill.id]) for name in ("amount_minor", "tax_minor"))
            if (bill.total_minor, bill.tax_minor) != sums or not lines[bill.id]:
                yield f"{table} {bill.number}: {bill.total_minor}, {bill.tax_minor}, in its lines {sums}"


def m2_each_line_is_taxed_by_its_days(book: Book) -> Found:
    for table in ("invoice", "credit_note"):
        for line in book.rows[f"{table}_line"]:
            bill = book.one(table, getattr(line, f"{table}_id"))
            before, after = TAXED[book.one("seller", bill.seller_id).time_zone]
            crosses = line.supplied_from < TAX_CHANGE <= line.supplied_until
            percent = after if line.supplied_from >= TAX_CHANGE else before
            tax = share(line.amount_minor, percent or 0, 100 + (percent or 0))
            if crosses or (line.tax_percent, line.tax_minor) != (percent, tax):
                yield f"{table} {bill.number}: {line}, due {percent} %, {tax}"


def s13_e6_numbers_have_no_gap_and_no_double(book: Book) -> Found:
    given = {(one.seller_id, one.series, one.year): one.last_number for one in book.rows["number_series"]}
    used = {}
    for series, table in NUMBERED.items():
        for (seller_id, year), papers in book.by(table.__tablename__, "seller_id", "year").items():
            used[seller_id, series, year] = len(papers)
            numbers = {paper.number for paper in papers}
            if sorted(paper.sequence for paper in papers) != list(range(1, len(papers) + 1)) or len(numbers) != len(
                papers
            ):
                yield f"{series} of {year}: {sorted(numbers)}"
    if given != used:
        yield f"numbers given {given}, used {used}"


# Hours


def voids(book: Book) -> dict[int, date]:
    """The day on which each voided grant ends: of several the earliest."""
    found: dict[int, date] = {}
    for one in book.rows["grant_void"]:
        found[one.grant_id] = min(one.voided_on, found.get(one.grant_id, date.max))
    return found


def s11_no_grant_outlives_its_cancelled_subscription(book: Book) -> Found:
    """Of several voids of a grant the earliest holds."""
    voided = voids(book)
    for grant in book.rows["grant"]:
        sold = grant.subscription_id and book.one("subscription", grant.subscription_id)
        if sold and sold.cancelled_on is not None:
            until = min(max(grant.ends_on, grant.rollover_ends_on or date.min), voided.get(grant.id, date.max))
            if until > max(end_of(sold), grant.starts_on):
                yield f"grant {grant.id} of #{sold.id}, which ends before {end_of(sold)}, lives until {until}"


def h5_each_day_of_service_has_its_minutes_once(book: Book) -> Found:
    voided = voids(book)
    amended = {one.subscription_id for one in book.rows["amendment"]}
    claimed = {one.subscription_id: one for one in book.rows["gap_claim"]}
    given = book.by("grant", "subscription_id")
    for sold in book.rows["subscription"]:
        version = book.one("plan_version", sold.plan_version_id)
        if sold.id in amended or never_serves(sold) or not version.included_minutes:
            continue
        spans = [(one.starts_on, min(one.ends_on, voided.get(one.id, one.ends_on))) for one in given[sold.id]]
        spans = sorted(span for span in spans if span[0] < span[1])
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            yield f"#{sold.id} has its minutes twice: {spans}"
        opened = _opened(book, sold, sold.sold_at)
        first = max(sold.serves_from, opened)
        if sold.id in claimed:
            claim = claimed[sold.id]
            late = _opened(book, sold, claim.claimed_at)  # in a closed month a claim changes nothing
            first = max(sold.starts_on, late) if late <= claim.served_from else max(claim.served_from, opened)
        days = sum((ends_on - max(starts_on, first)).days for starts_on, ends_on in spans if ends_on > first)
        if version.included_per is not IncludedPer.CALENDAR_MONTH and days != max((end_of(sold) - first).days, 0):
            yield f"#{sold.id} has no minutes for some days from {first} until {end_of(sold)}: {spans}"
        whole = sold.cancelled_on is None and max(opened, sold.serves_from) <= sold.starts_on and sold.id not in claimed
        due = version.included_minutes * (1 if version.included_per is IncludedPer.TERM else sold.term_months)
        if whole and sum(one.minutes for one in given[sold.id]) != due:
            yield f"#{sold.id} gives {[one.minutes for one in given[sold.id]]}, not {due}"


def _opened(book: Book, sold: Any, at: datetime) -> date:
    """The first day of the first month of the subscription's pool that was open at a moment."""
    pool = (sold.client_id, sold.seller_id)
    closed = [one for one in book.rows["statement"] if (one.client_id, one.seller_id) == pool]
    return max((months_after(one.month, 1) for one in closed if one.closed_at < at), default=date.min)


def e3_closing_is_the_next_opening(book: Book) -> Found:
    for pool, statements in book.by("statement", "client_id", "seller_id").items():
        months = sorted(statements, key=lambda one: one.month)
        for one, following in pairwise(months):
            if one.closing_minutes != following.opening_minutes or one.month == following.month:
                yield f"client and seller {pool}: {one}, then {following}"
        for one in months:
            if one.opening_minutes + one.given_minutes - one.used_minutes - one.burnt_minutes != one.closing_minutes:
                yield f"client and seller {pool}: {one}"


def d6_overage_costs_nothing_in_a_forgiven_month_alone(book: Book) -> Found:
    states = {one.case_id: one.state for one in book.rows["over_limit_case_change"]}
    cases = {(one.client_id, one.seller_id, one.month): states.get(one.id) for one in book.rows["over_limit_case"]}
    for one in book.rows["statement"]:
        said = cases.get((one.client_id, one.seller_id, one.month), "none")
        if said is None:
            yield f"{one} is closed, its case is new"
        if said == "forgiven" and one.paid_minutes == 0 and one.total_minor > 0:
            yield f"{one} is charged, its case is forgiven"


BOOK_RULES: tuple[Callable[[Book], Found], ...] = tuple(
    rule
    for name, rule in list(globals().items())
    if name.split("_")[0][1:].isdigit() and list(get_type_hints(rule)) == ["book", "return"]
)
"""The rules above, which rest on the rows alone."""


# What rests on facts and answers


def t1_the_months_of_every_calendar_tile(session: Session, book: Book) -> Found:
    """Those that the calendar of a contract shows, for all its subscriptions."""
    for contract in book.rows["contract"]:
        tilings = calendar_of(session, session.get_one(Contract, contract.id)).tilings
        for tiling in tilings:
            sold = tiling.sold
            bounds = [months_after(sold.term.starts_on, k) for k in range(sold.term_months + 1)]
            if not tiling.tiles or [(one.starts_on, one.ends_on) for one in tiling.months] != list(pairwise(bounds)):
                yield f"#{sold.subscription_id} from {sold.term.starts_on}: {tiling.months}"
        if len(tilings) != sum(one.contract_id == contract.id for one in book.rows["subscription"]):
            yield f"contract {contract.number} shows {len(tilings)} subscriptions"


def h1_a_snapshot_is_what_the_tables_say(session: Session, facts: ClientFacts) -> Found:
    """Also the one that was kept before the last act, if the client's facts have not changed since."""
    kept = session.get(ClientSnapshot, facts.client_id, populate_existing=True)
    if kept is not None and kept.state_version == facts.state_version and decode(kept.facts) != facts:
        yield f"client {facts.client_id}: {decode(kept.facts)}, but {facts}"
    keep_snapshot(session, facts)
    if current_facts(session, facts.client_id) != facts:
        yield f"client {facts.client_id}: the snapshot is not what was kept"


def e2_h1_hours_add_up_and_are_those_from_zero(session: Session, facts: ClientFacts, at: datetime) -> Found:
    """Every lot of every pool adds up, and the closed months changed no balance."""
    for seller_id, pool in facts.pools.items():
        since = zero = account(pool, at)
        if pool.since is not None:
            zero = account(hours_facts(session, facts.client_id, seller_id, from_zero=True), at)
            lines = tuple(line for line in zero.lines if line.counts_on >= local_day(pool.since, pool.time_zone))
            if (since.available_minutes, since.lines) != (zero.available_minutes, lines):
                yield f"client {facts.client_id}: since the last close {since}, from zero {zero}"
        yield from _lots_add_up(zero)
        live = sum(one.minutes for one in pool.reserves if one.is_live(at))
        if live != sum(state.held_minutes for state in zero.lots) + zero.held_beyond_minutes:
            yield f"client {facts.client_id} holds {live}: {zero}"


def _lots_add_up(hours: HoursAccount) -> Found:
    for state in hours.lots:
        rest = (state.held_minutes, state.remaining_minutes, state.expired_minutes, state.voided_minutes)
        if state.lot.minutes != state.used_minutes + sum(rest) or min(rest) < 0:
            yield f"lot {state}"
    for kind in GrantKind:
        used = sum(state.used_minutes for state in hours.lots if state.lot.kind is kind)
        drawn = sum(getattr(line.parts, PART_OF[kind]) for line in hours.lines)
        if used != drawn:
            yield f"{kind}: {used} used, {drawn} drawn"


def d1_the_answer_holds_until_it_may_change(facts: ClientFacts, told: Told) -> Found:
    """A second before `valid_until` the same facts give the same reason."""
    decision = told.decision
    if decision.valid_until is not None:
        last = max(told.question.at, decision.valid_until - timedelta(seconds=1))
        again = decide(facts, replace(told.question, at=last))
        if again.reason is not decision.reason:
            yield f"{told.question}: {decision.reason}, but {again.reason} at {last}, before {decision.valid_until}"


def s10_t5_the_desk_serves_exactly_what_is_covered_and_not_blocked(book: Book, told: Told) -> Found:
    """Worked out for the consultation line, which every plan includes and which draws no hours."""
    question = told.question
    if question.service == "consultation_line":
        due = any(_serves(book, told)) or _is_approved(book, told)
        if told.decision.is_served != due:
            yield f"{question} of client {told.client_id}: {told.decision.reason}, serves: {due}"


def _is_approved(book: Book, told: Told) -> bool:
    """Whether a person approved that the client is served at the moment, whatever is asked (D7)."""
    ended = {one.override_id: one.ended_at for one in book.rows["service_override_ending"]}
    given = [one for one in book.rows["service_override"] if one.client_id == told.client_id]
    return any(one.given_at <= told.question.at < ended.get(one.id, one.until_at) for one in given)


def _serves(book: Book, told: Told) -> Iterator[bool]:
    """Whether each thing that the client has serves the product at the moment of the question."""
    client_id, at = told.client_id, told.question.at
    number = told.question.registration_number
    copy = next((one for one in book.rows["registration"] if one.number == number), None)
    stops = [one for one in book.rows["block"] if one.client_id == client_id and _holds(one, at)]
    whole_client = any(one.contract_id is None and one.subscription_id is None for one in stops)
    covered, specified = book.by("coverage", "specification_id"), book.by("specification", "subscription_id")
    for sold in [one for one in book.rows["subscription"] if one.client_id == client_id]:
        on = book.day_of(sold.seller_id, at)
        blocked = whole_client or any(
            sold.id == one.subscription_id or sold.contract_id == one.contract_id for one in stops
        )
        last = max(specified[sold.id], key=lambda one: one.starts_on)
        for one in specified[sold.id]:
            grace_days = book.version(one).grace_days if one is last and sold.cancelled_on is None else 0
            until = one.ends_on + timedelta(days=grace_days)
            names = {row.registration_id for row in covered[one.id]}
            gone = copy is not None and copy.surrendered_on is not None and copy.surrendered_on <= on
            covers = copy is None or (not gone and (not names or copy.id in names))
            serves = one.ends_on > one.starts_on and max(one.starts_on, sold.serves_from) <= on < until
            yield serves and covers and not blocked
    for free in [one for one in book.rows["free_period"] if one.client_id == client_id]:
        on = book.day_of(free.seller_id, at)
        own = book.one("registration", free.registration_id)
        gone = own.surrendered_on is not None and own.surrendered_on <= on
        covers = copy is None or (copy.id == free.registration_id and not gone)
        yield free.starts_on <= on < free.ends_on and covers and not whole_client


def _holds(block: Any, at: datetime) -> bool:
    ends = [end for end in (block.until_at, block.lifted_at) if end is not None]
    return block.from_at <= at and all(at < end for end in ends)


def d1_what_was_known_then_still_gives_the_answer_of_then(session: Session, told: Told) -> Found:
    """Asked again, as of the moment at which the answer was given: all of it, but for the count of changes since."""
    again = check(session, Caller({"id": told.client_id}), told.question, known_at=told.question.at)
    if replace(again, state_version=0) != replace(told.decision, state_version=0):
        yield f"{told.question}: {told.decision}, now {again}"


def h15_a_replay_of_its_own_plan_is_the_closed_month(session: Session, book: Book) -> Found:
    """Of the client with the most closed months, to the minute and the kopeck; and no answer would differ."""
    months = book.by("statement", "client_id", "seller_id")
    if not months:
        return
    (client_id, seller_id), statements = max(months.items(), key=lambda one: len(one[1]))
    if not any((one.client_id, one.seller_id) == (client_id, seller_id) for one in book.rows["subscription"]):
        return
    span = Term(min(one.month for one in statements), months_after(max(one.month for one in statements), 1))
    found = replay(session, client_id, session.get_one(Seller, seller_id), span, Tried())
    closed = {one.month: one for one in statements}
    for month in found.months:
        known = closed.get(month.term.starts_on)
        if known is None:
            continue
        for side in (month.held, month.tried):
            names = side.hours.__struct_fields__
            said = [getattr(side.hours, name) for name in names] + [side.charged]
            due = [getattr(known, name) for name in names] + [Money(known.total_minor, known.currency)]
            if said != due:
                yield f"{month.term.starts_on:%Y-%m} of client {client_id} is {due}, and {said} when it is replayed"
    if found.answers:
        yield f"under the same plan {len(found.answers)} answers differ"


def e4_the_journal_comes_to_the_bills(session: Session, book: Book) -> Found:
    """Over all months each invoice of what is paid ahead, act and credit note is revenue once, and its tax is owed."""
    ahead = [one for one in book.rows["invoice"] if one.kind.value != "month"]
    bills = {(Source.INVOICE, one.id): (one, 1) for one in ahead}
    bills |= {(Source.ACT, one.id): (one, 1) for one in book.rows["act"] if one.kind.value == "month"}
    bills |= {(Source.CREDIT_NOTE, one.id): (one, -1) for one in book.rows["credit_note"]}
    lines = [*book.rows["invoice_line"], *book.rows["act_line"], *book.rows["credit_note_line"]]
    days = [one.issued_on for one, _ in bills.values()] + [one.supplied_until for one in lines]
    if not bills:
        return
    found: dict[Any, dict[Operation, int]] = defaultdict(lambda: defaultdict(int))
    span = Term(first_of_month(min(days)), next_month(max(days)))
    month = Term.calendar_month(max(days))
    for seller_id in {bill.seller_id for bill, _ in bills.values()}:
        seller = session.get_one(Seller, seller_id)
        entries = journal_of(session, seller, span).entries
        for entry in entries:
            found[entry.voucher.source, entry.voucher.id][entry.operation] += entry.amount.minor
        if [one for one in entries if one.on in month] != list(journal_of(session, seller, month).entries):
            yield f"{month.starts_on:%Y-%m} alone is not as it is among the others"
    for key, (bill, sign) in bills.items():
        told = {"revenue": found[key][Operation.REVENUE], "tax": found[key][Operation.REVENUE_TAX]}
        if told != {"revenue": sign * bill.total_minor, "tax": sign * bill.tax_minor}:
            yield f"{key[0]} {bill.number} of {sign * bill.total_minor}, tax {sign * bill.tax_minor}: {told}"
