"""Whatever happens afterwards, every stored answer is what the facts known then give: recomputed from the tables, from
zero, past every snapshot, whoever was named and withdrawn meanwhile (D1, D4, E5)."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from api.database import transaction
from api.journeys import sell_subscription
from contracts.catalogue import Registration
from contracts.enrolling import add_contact
from contracts.introducing import withdraw_contact
from contracts.parties import ClientContact, ClientDomain, Contact, ContactAddress
from contracts.policies import Channel
from contracts.recording_domains import record_domain, withdraw_domain
from contracts.selling import Order
from entitlements.answers import Decision, Question
from entitlements.client_facts import current_facts, keep_snapshot, read_facts
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.decision_log import StoredDecision, decoded
from entitlements.desk import Asked, Caller, check, hold, stored
from entitlements.holds import Hold
from entitlements.reasons import Reason
from entitlements.uses import ServiceUse, give_back_use
from tests.builders import a_plan, asked, asking
from tests.journeys.lives import ACTS, BIRTHDAYS, Life, Shop, open_shop

LIVES, LONG_LIVES = 1, 60
"""How many lives are lived on each database."""
SHORTEST, LONGEST = 6, 10
"""How many acts follow the first sale."""
COUNTED = "auditor_question"
DOMAIN = "both.example"
EMAILS, PHONES = (f"anna@{DOMAIN}", f"boris@{DOMAIN}"), ("+74951234560", "+74951234561")
NAMING = ("name", "name", "withdraw", "own_domain", "disown_domain")
CHANGING = (*ACTS, *3 * ("hold", "end_hold", "give_back", "approve", "block", "lift", "correct"), *4 * NAMING)
"""The acts of other lives, and more often those that take effect on what was answered before."""


class Kept(Struct):
    """A question as it is kept here: with the keys by which the client was named."""

    keys: dict[str, str | int]
    question: Question


class Asking(Life):
    """A life in which the desk's questions are stored, some of them holds and uses, of every channel and line.

    People are named by one client or by both, withdrawn and named again, and so is a domain that is theirs.
    """

    def sell(self, chance: Random) -> None:
        """Often a plan that promises: it counts a service, and includes some channels and lines only."""
        if chance.randint(0, 1):
            return super().sell(chance)
        customer = self.someone(chance)
        order = Order(
            self.seller.id, customer.entity.id, "promising", chance.choice([1, 3, 12]), customer.registrations
        )
        sell_subscription(self.session, order, at=self.now)
        return None

    def hold(self, chance: Random) -> None:
        """Minutes are held, or a counted service is used."""
        question, caller = self._question(chance), asking(self.someone(chance))
        hold(self.session, caller, question, self.envelope(caller, question), hold_hours=chance.randint(1, 99))

    def give_back(self, chance: Random) -> None:
        """A use is given back."""
        give_back_use(self.session, self._one(ServiceUse, chance).id, "Иванов", "ошибка", at=self.now)

    def name(self, chance: Random) -> None:
        """Somebody speaks for a client, by an address or two."""
        one = chance.randrange(len(EMAILS))
        phones = chance.choice([(), (PHONES[one],)])
        client_id = self.someone(chance).id
        add_contact(self.session, client_id, f"Человек {one}", at=self.now, emails=(EMAILS[one],), phones=phones)

    def withdraw(self, chance: Random) -> None:
        """Somebody speaks for a client no more."""
        withdraw_contact(self.session, self.someone(chance).id, self._one(Contact, chance).id, at=self.now)

    def own_domain(self, chance: Random) -> None:
        """Mail from the domain speaks for a client."""
        record_domain(self.session, self.someone(chance).id, DOMAIN, at=self.now)

    def disown_domain(self, chance: Random) -> None:
        """Mail from the domain speaks for a client no more."""
        withdraw_domain(self.session, self.someone(chance).id, DOMAIN, at=self.now)

    def store_answers(self, chance: Random) -> None:
        """Each client asks, and people of theirs, now or about some time ago, from the snapshot where there is one."""
        people: list[dict[str, str | int]] = [{"email": one} for one in (*EMAILS, f"new@{DOMAIN}")]
        people += [{"phone": one} for one in PHONES]
        for caller in (*map(asking, self.shop.clients), *(Caller(keys) for keys in chance.sample(people, 2))):
            question = self._question(chance)
            back = timedelta(days=chance.choice([0, 0, 0, 1, 40]))
            question = replace(question, at=self.now - back)
            decision, envelope = check(self.session, caller, question), self.envelope(caller, question)
            self.session.connection().execute(insert(StoredDecision), stored(decision, envelope))
        for customer in self.shop.clients:
            keep_snapshot(self.session, current_facts(self.session, customer.id))

    def envelope(self, caller: Caller, question: Question) -> Asked:
        """With the question, so that it can be asked again."""
        words = Kept(dict(caller.keys), question)
        return asked(self.now, question=msgspec.json.encode(words).decode())

    def _question(self, chance: Random) -> Question:
        feature = chance.choice([None, None, COUNTED])
        return Question(
            self.now,
            registration_number=chance.choice([None, *self._numbers(self.someone(chance))]),
            service=None if feature else chance.choice([None, "consultation_line", "remote_work"]),
            minutes=chance.choice([None, 30, 600]),
            line=chance.choice([0, 1, 1, 2, 3]),
            priority=chance.choice([None, "high"]),
            channel=chance.choice([None, *Channel]),
            feature=feature,
            contact=chance.choice([(), EMAILS[:1], PHONES[:1], (EMAILS[0], PHONES[0]), EMAILS[1:]]),
        )


@pytest.fixture
def shop(engine: Engine) -> Shop:
    with transaction(engine) as session:
        opened = open_shop(session)
        services = [{"code": COUNTED, "included_count": 2}, {"code": "remote_work", "draws_hours": True}]
        promised = [
            {"priority": "high", "name": "Срочно", "name_en": "Urgent", "respond_minutes": 30, "resolve_minutes": 240}
        ]
        prices = [{"term_months": months, "price": f"{months}000.00"} for months in (1, 3, 12)]
        a_plan(
            session,
            "promising",
            services=services,
            prices=prices,
            due_times=promised,
            desk_hours="09:00-18:00",
            channels=["phone", "email"],
            highest_line=2,
            grace_days=5,
            named_contacts_only=True,
        )
        return opened


def live_and_recompute(engine: Engine, shop: Shop, chance: Random) -> None:
    """A life, whose stored answers are all recomputed at its end."""
    with Session(engine, expire_on_commit=False) as session:
        life = Asking(session, shop, chance.randrange(len(shop.sellers)), chance.choice(BIRTHDAYS))
        acts = chance.choices(CHANGING, k=chance.randint(SHORTEST, LONGEST))
        for act in ("sell", *acts):
            life.act(act, chance)
            life.store_answers(chance)
        rows = session.exec(select(StoredDecision)).all()
        assert len(rows) >= 4 * (1 + len(acts))
        wrong = [
            row.question for row in rows if recomputed(session, row) != replace(decoded(row.answer), state_version=0)
        ]
        assert not wrong, "\n".join(["", *life.story, *wrong])


def recomputed(session: Session, row: StoredDecision) -> Decision:
    """The answer from what the tables say was known as it was given, without what it took for itself."""
    kept = msgspec.json.decode(row.question, type=Kept)
    question = replace(kept.question, at=row.asked_at)
    meant = _meant(session, kept.keys, row)
    if len(meant) > 1 and question.registration_number is not None:
        owner = select(Registration.client_id).where(Registration.number == question.registration_number)
        meant = meant & set(session.exec(owner)) or meant
    if len(meant) != 1:
        reason = Reason.CLIENT_AMBIGUOUS if meant else Reason.CLIENT_UNKNOWN
        return Decision(reason, question.at, None, 0, candidates=tuple(sorted(meant)))
    facts = read_facts(session, *meant, before=row.asked_at, known_at=row.evaluated_at)
    return replace(decide(_before_taking(session, facts, row), question), state_version=0)


def _meant(session: Session, keys: Mapping[str, str | int], row: StoredDecision) -> set[int]:
    """The clients that the key named at the moment of the question, of all that was recorded as it was answered."""
    [(key, value)] = keys.items()
    if key == "id":
        return {int(value)}
    reached = session.exec(select(ContactAddress).where(ContactAddress.value == value))
    people = {one.contact_id for one in reached if one.recorded_at <= row.asked_at}
    links = (one for one in session.exec(select(ClientContact)) if one.contact_id in people)
    named = {one.client_id for one in links if _spoke(one, row)}
    if named or key == "phone":
        return named
    return {one.client_id for one in session.exec(select(ClientDomain)) if _spoke(one, row)}


def _spoke(named: ClientContact | ClientDomain, row: StoredDecision) -> bool:
    ended = named.withdrawn_at is not None and named.withdrawn_at <= row.evaluated_at
    return named.recorded_at <= row.asked_at and not (ended and named.withdrawn_at <= row.asked_at)


def _before_taking(session: Session, facts: ClientFacts, row: StoredDecision) -> ClientFacts:
    own = set(session.exec(select(Hold.id).where(Hold.decision_id == row.id)))
    used = session.exec(select(ServiceUse.used_at).where(ServiceUse.decision_id == row.id)).all()
    pools = {
        seller_id: replace(pool, reserves=tuple(one for one in pool.reserves if one.hold_id not in own))
        for seller_id, pool in facts.pools.items()
    }
    return replace(facts, pools=pools, uses=tuple(use for use in facts.uses if use.used_at not in used))


def _live(engine: Engine, shop: Shop, lives: int) -> None:
    quiet = settings(max_examples=lives, deadline=None, suppress_health_check=list(HealthCheck))

    @quiet
    @given(chance=st.randoms(use_true_random=True))
    def live(chance: Random) -> None:
        live_and_recompute(engine, shop, chance)

    live()


def test_every_stored_answer_is_what_the_facts_known_then_give(engine: Engine, shop: Shop) -> None:
    _live(engine, shop, LIVES)


@pytest.mark.long
def test_every_stored_answer_of_sixty_lives_is_what_the_facts_known_then_give(engine: Engine, shop: Shop) -> None:
    _live(engine, shop, LONG_LIVES)
