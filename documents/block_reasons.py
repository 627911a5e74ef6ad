"""Why service is stopped, in the language of who reads it."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from billing.bills import Invoice
from billing.dunning import DunningTaken
from contracts.subscriptions import Block
from documents.dunning_text import block_reason
from documents.words import Language


def block_reasons(session: Session, blocks: Sequence[Block], language: Language) -> Mapping[int, str]:
    """The reason of each block by its id: the unpaid invoice, in the language, of what dunning raised (S10); else as
    whoever raised it typed it."""
    if not blocks:
        return {}
    raised = select(DunningTaken.block_id, Invoice.number).join(Invoice, col(Invoice.id) == DunningTaken.invoice_id)
    unpaid = dict(session.exec(raised.where(col(DunningTaken.block_id).in_([one.id for one in blocks]))).all())
    return {one.id: block_reason(unpaid[one.id], language) if one.id in unpaid else one.reason for one in blocks}
