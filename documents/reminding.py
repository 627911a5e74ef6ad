"""Reminding of ends: what is due is recorded once, with the letters that carry it, in one transaction (rule S12)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from billing.ending import ending
from billing.pipeline import Chosen, Line
from contracts.appending import append
from contracts.catalogue import Plan, PlanVersion
from contracts.parties import AddressKind, Client, ClientContact, ContactAddress, Seller
from contracts.reminders import STILL_NEWS, Due, due_reminders, read_days
from contracts.speaking import speaks_today
from contracts.subscriptions import Subscription
from documents.addressing import letter_to, staff_address, writer
from documents.letters import Letter, Reminder
from documents.reminder_text import Ending, Wording, to_client, to_staff
from documents.typography import phone
from documents.words import Language


@dataclass(frozen=True, slots=True)
class DueLine:
    """A subscription of which somebody is to be reminded now."""

    line: Line
    due: Sequence[Due]


def due_now(session: Session, seller: Seller, *, at: datetime) -> list[DueLine]:
    """What a seller is to remind of now, the first to end first; nothing of what is renewed or cancelled (S12)."""
    days, on = read_days(seller.reminder_days), seller.day_of(at)
    if not days:
        return []
    chosen = Chosen(on - STILL_NEWS, on + timedelta(days=max(days)), seller.id, renewed=False)
    recorded: dict[int, set[int]] = defaultdict(set)
    taken_up = select(Reminder.subscription_id, Reminder.days_before).join(Subscription)
    taken_up = taken_up.where(Subscription.seller_id == seller.id, col(Subscription.ends_on) > chosen.ends_from)
    for subscription_id, days_before in session.exec(taken_up):
        recorded[subscription_id].add(days_before)
    found = (
        DueLine(line, due_reminders(days, recorded[line.subscription_id], line.known_since, line.last_day, on))
        for line in ending(session, chosen, at=at)
    )
    return [one for one in found if one.due]


def queue_reminders(session: Session, seller_id: int, staff_language: Language, *, at: datetime) -> int:
    """Record what is due and queue its letters; returns how many.

    The seller's row is taken first, so of two workers the second finds nothing due. Where there is nobody to write to,
    nothing is recorded: it stays due until somebody can be told.
    """
    taken = select(Seller).where(Seller.id == seller_id).with_for_update(key_share=True)
    seller = session.exec(taken).one()
    due = due_now(session, seller, at=at)
    letters = _Letters(session, seller, due, staff_language)
    return sum(_record(session, one, letters, at) for one in due)


def _record(session: Session, one: DueLine, letters: "_Letters", at: datetime) -> int:
    addressed = letters.about(one.line)
    if not addressed:
        return 0
    queued = 0
    for due in one.due:
        fact = {
            "client_id": one.line.client_id,
            "subscription_id": one.line.subscription_id,
            "days_before": due.days_before,
            "is_sent": due.is_sent,
            "recorded_at": at,
        }
        reminder = append(session, Reminder, fact)
        if due.is_sent:
            session.add_all(letters.row(reminder, recipient, words) for recipient, words in addressed.items())
            queued += len(addressed)
    session.flush()
    return queued


class _Letters:
    """What letters are made of: the addresses of the clients' contacts and of the staff, and what they are told."""

    def __init__(self, session: Session, seller: Seller, due: Sequence[DueLine], staff_language: Language) -> None:
        self._session, self._seller, self._staff_language = session, seller, staff_language
        self._staff = staff_address(seller)
        client_ids = {one.line.client_id for one in due}
        self._addresses = first_addresses(session, client_ids)
        self._plans = {plan.code: plan for plan in session.exec(select(Plan))}

    def about(self, line: Line) -> Mapping[str, Wording]:
        """What each address is told of an end: every contact at its first address, and the staff."""
        client, told = self._session.get_one(Client, line.client_id), {}
        language = Language(client.locale)
        if self._staff:
            told[self._staff] = to_staff(self._ending(line, self._staff_language), self._staff_language)
        for address in self._addresses[line.client_id]:
            told[address] = to_client(self._ending(line, language), language)
        return told

    def row(self, reminder: Reminder, recipient: str, words: Wording) -> Letter:
        """The letter to one address."""
        key, about = f"{reminder.subscription_id}.{reminder.days_before}", {"reminder_id": reminder.id}
        return letter_to(recipient, words, self._seller, key, reminder.client_id, at=reminder.recorded_at, **about)

    def _ending(self, line: Line, language: Language) -> Ending:
        plan, version = self._plans[line.plan], self._session.get_one(PlanVersion, line.plan_version_id)
        return Ending(
            subscription_id=line.subscription_id,
            client=line.client,
            manager=line.manager,
            seller=writer(self._seller, language),
            contact="\n".join(filter(None, (phone(self._seller.phone), self._staff))),
            contract_number=line.contract_number,
            plan=plan.name if language is Language.RU else plan.name_en,
            registrations=line.registrations,
            last_day=line.last_day,
            served_until=line.last_day + timedelta(days=version.grace_days),
            lapse_renewal=version.lapse_renewal,
            term_months=line.term_months,
            price=line.price,
        )


def first_addresses(session: Session, client_ids: set[int]) -> Mapping[int, list[str]]:
    """The first e-mail address of each contact of the clients."""
    rows = select(ClientContact.client_id, ClientContact.contact_id, ContactAddress.value).join(
        ContactAddress, col(ContactAddress.contact_id) == ClientContact.contact_id
    )
    rows = rows.where(ContactAddress.kind == AddressKind.EMAIL, col(ClientContact.client_id).in_(client_ids))
    rows = rows.where(speaks_today(ClientContact))
    addresses: dict[int, list[str]] = defaultdict(list)
    known = set()
    for client_id, contact_id, address in session.exec(rows.order_by(col(ContactAddress.id))):
        if (client_id, contact_id) not in known:
            known.add((client_id, contact_id))
            addresses[client_id].append(address)
    return addresses
