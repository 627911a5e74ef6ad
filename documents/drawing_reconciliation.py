"""Drawing up a reconciliation act from what was settled (P1)."""

from sqlmodel import Session

from billing.reconciliation_acts import ReconciliationAct
from billing.settlement import Settlement
from contracts.parties import Entity, Seller
from documents.drawing_parties import party_sheet
from documents.reconciliation import ReconciliationSheet, SettledSheet


def draw_reconciliation(session: Session, act: ReconciliationAct, found: Settlement) -> ReconciliationSheet:
    """The act's sheet."""
    return ReconciliationSheet(
        number=act.number,
        issued_on=act.issued_on,
        span=found.span,
        seller=party_sheet(session.get_one(Seller, act.seller_id)),
        client=party_sheet(session.get_one(Entity, act.entity_id)),
        opening=found.opening,
        lines=tuple(SettledSheet(one.on, one.source, one.number, one.debit, one.credit) for one in found.lines),
        debit=found.debit,
        credit=found.credit,
        closing=found.closing,
        by_acts=True,
    )
