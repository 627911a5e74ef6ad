"""Correcting an issued paper: its next revision names the parties as they are now, and both are kept (P2, M4).

Only who is named can be wrong on a paper by itself. Its lines and sums are facts with corrections of their own: a
credit note, an amendment, the next month.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlmodel import Session, col, select

from billing.bills import Act, CreditNote, Invoice
from billing.reconciliation_acts import ReconciliationAct
from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Entity, Seller
from contracts.queries import opens_contract
from contracts.requisites import require_text
from contracts.signatures import signing_of
from contracts.subscriptions import Contract, FreePeriod, Subscription
from documents import archive
from documents.act import ActSheet
from documents.certificate import CertificateSheet
from documents.contract import ContractSheet
from documents.correction import Correction
from documents.credit_note import CreditNoteSheet
from documents.drawing_parties import introduced, party_sheet
from documents.invoice import InvoiceSheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.parties import BankSheet, PartySheet
from documents.reconciliation import ReconciliationSheet
from documents.scanning import scans_of
from documents.scans import ScanOf
from documents.words import Language

LONGEST_REASON = 500


class Change(NamedTuple):
    """What a corrected paper says otherwise of a side: "seller", or "client"; empty is nothing."""

    side: str
    field: str
    was: str
    becomes: str


def changes_of(session: Session, paper_id: int) -> list[Change]:
    """What a correction of the paper would change; raises as `correct_paper`, but for what is said of the reason."""
    _, sheet, corrected = _corrected(session, paper_id)
    sides = [("seller", sheet.seller, corrected.seller), ("client", _client(sheet), _client(corrected))]
    return [
        Change(side, field, was[field], now[field])
        for side, old, new in sides
        for was, now in [(_flat(old), _flat(new))]
        for field in now
        if was[field] != now[field]
    ]


def correct_paper(session: Session, paper_id: int, reason: str, *, by: str, at: datetime) -> Paper:
    """Queue the next revision of a paper, with the parties' requisites as they are now; `by` says who found it wrong.

    Raises `Refusal` with PAPER_UNKNOWN, PAPER_STANDS for an offer or a statement, PAPER_SUPERSEDED, PAPER_SIGNED for a
    signed contract or agreement to one, PAPER_UNCHANGED when the paper names the parties as they are, or TEXT_WRONG.
    """
    reason, by = require_text(reason, "reason", LONGEST_REASON), require_text(by, "issued_by", 200)
    session.exec(select(Paper.id).where(Paper.id == paper_id).with_for_update()).first()
    paper, _, corrected = _corrected(session, paper_id)
    seller = session.get_one(Seller, paper.seller_id)
    corrected = replace(corrected, correction=Correction(paper.revision, seller.day_of(at)))
    return archive.queue(
        session,
        paper.kind,
        paper.subject_id,
        paper.number,
        paper.seller_id,
        paper.client_id,
        corrected,
        at=at,
        language=paper.language,
        revision=paper.revision + 1,
        reason=reason,
        issued_by=by,
    )


def last_revision_of(session: Session, paper: Paper) -> Paper:
    """The paper that stands: of the same subject in the same language, the one that no other superseded."""
    same = select(Paper).where(
        Paper.kind == paper.kind, Paper.subject_id == paper.subject_id, Paper.language == paper.language
    )
    return session.exec(same.order_by(col(Paper.revision).desc()).limit(1)).one()


def _corrected(session: Session, paper_id: int) -> tuple[Paper, Any, Any]:
    """The paper, what it prints, and the same with the parties as they are now."""
    paper = known_row(session, Paper, paper_id)
    if paper.kind not in _CORRECTED:
        raise Refusal("PAPER_STANDS", field="paper_id", value=paper_id, allowed=list(_CORRECTED))
    standing = last_revision_of(session, paper)
    if standing.id != paper.id:
        raise Refusal("PAPER_SUPERSEDED", field="paper_id", value=paper_id, allowed=standing.id)
    kind, named = _CORRECTED[paper.kind]
    sheet = msgspec.json.decode(paper.sheet, type=kind)
    corrected = named(session, paper, sheet)
    if corrected == sheet:
        raise Refusal("PAPER_UNCHANGED", field="paper_id", value=paper_id)
    return paper, sheet, corrected


def _client(sheet: Any) -> PartySheet:
    party: PartySheet = sheet.owner if isinstance(sheet, CertificateSheet) else sheet.client
    return party


def _flat(party: PartySheet) -> dict[str, str]:
    """A party's requisites by their names, those of its bank among them."""
    told = msgspec.to_builtins(party)
    bank = told.pop("bank") or {}
    return {name: str(value or "") for name, value in told.items()} | {
        f"bank_{field.name}": str(bank.get(field.name) or "") for field in fields(BankSheet)
    }


def _under_a_contract(table: Any) -> Callable[[Session, Paper, Any], Any]:
    def named(session: Session, paper: Paper, sheet: Any) -> Any:
        seller, entity, _ = _sides(session, session.get_one(table, paper.subject_id).contract_id)
        return replace(sheet, seller=party_sheet(seller), client=party_sheet(entity))

    return named


def _contract(session: Session, paper: Paper, sheet: ContractSheet) -> ContractSheet:
    sold = session.get_one(Subscription, paper.subject_id)
    seller, entity, _ = _sides(session, sold.contract_id)
    if _is_signed(session, sold):
        raise Refusal("PAPER_SIGNED", field="paper_id", value=paper.id)
    language = Language(paper.language)
    return replace(sheet, seller=introduced(seller, language), client=introduced(entity, language), city=seller.city)


def _is_signed(session: Session, sold: Subscription) -> bool:
    """Whether the contract that was made for a sale is marked as signed; of an agreement only its scan tells."""
    if opens_contract(session, sold):
        return signing_of(session, sold.contract_id) is not None
    return bool(scans_of(session, ScanOf.AGREEMENT, sold.id))


def _certificate(session: Session, paper: Paper, sheet: CertificateSheet) -> CertificateSheet:
    free = session.get_one(FreePeriod, paper.subject_id)
    owner = session.get_one(Entity, session.get_one(Registration, free.registration_id).entity_id)
    copy = replace(sheet.registration, user=owner.name)
    seller = party_sheet(session.get_one(Seller, free.seller_id))
    return replace(sheet, seller=seller, owner=party_sheet(owner), registration=copy)


def _reconciliation(session: Session, paper: Paper, sheet: ReconciliationSheet) -> ReconciliationSheet:
    act = session.get_one(ReconciliationAct, paper.subject_id)
    seller, entity = session.get_one(Seller, act.seller_id), session.get_one(Entity, act.entity_id)
    return replace(sheet, seller=party_sheet(seller), client=party_sheet(entity))


def _sides(session: Session, contract_id: int) -> tuple[Seller, Entity, Contract]:
    contract = session.get_one(Contract, contract_id)
    return session.get_one(Seller, contract.seller_id), session.get_one(Entity, contract.entity_id), contract


_CORRECTED: dict[PaperKind, tuple[Any, Callable[[Session, Paper, Any], Any]]] = {
    PaperKind.CONTRACT: (ContractSheet, _contract),
    PaperKind.INVOICE: (InvoiceSheet, _under_a_contract(Invoice)),
    PaperKind.ACT: (ActSheet, _under_a_contract(Act)),
    PaperKind.CREDIT_NOTE: (CreditNoteSheet, _under_a_contract(CreditNote)),
    PaperKind.CERTIFICATE: (CertificateSheet, _certificate),
    PaperKind.RECONCILIATION: (ReconciliationSheet, _reconciliation),
}
"""The kinds that can be corrected: what they print, and the same with the parties as they are now."""
