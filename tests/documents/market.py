"""A seller, a client and the papers that come of what they do together in October 2026."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlmodel import Session, select

from api.journeys import Sold, sell_subscription
from billing.month import Closed
from contracts.parties import Seller
from documents.issuing import issue_act, issue_invoice, issue_statement
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.statement import StatementSheet
from documents.typesetting import SHEETS
from tests.builders import Customer, an_order, closed, moment, worked

SOLD_AT, CLOSED_AT = moment("2026-09-20 12:00"), moment("2026-11-02 12:00")
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@dataclass(frozen=True)
class Market:
    """A seller and a client who is about to buy."""

    session: Session
    seller: Seller
    customer: Customer

    def sell(self, plan_code: str = "support", **changes: Any) -> Sold:
        """A year from the 1st of October."""
        order = an_order(self.seller, self.customer, plan_code, **({"starts_on": OCTOBER} | changes))
        return sell_subscription(self.session, order, at=SOLD_AT)

    def work(self, started: str, minutes: int, **changes: Any) -> None:
        """Work that was logged an hour after it began."""
        worked(self.session, self.customer, started, minutes, **changes)

    def close(self, month: date = OCTOBER) -> Closed:
        """The client's month, closed, with its papers queued."""
        done = closed(self.session, self.seller, self.customer, month)
        assert done is not None
        issue_statement(self.session, done.statement, done.month, at=CLOSED_AT)
        for act in (*done.service_acts, *([done.act] if done.act is not None else ())):
            issue_act(self.session, act, at=CLOSED_AT)
        if done.invoice is not None:
            issue_invoice(self.session, done.invoice, at=CLOSED_AT)
        return done

    def statement(self, month: date = OCTOBER) -> StatementSheet:
        """The sheet of the month's statement, as it is queued when the month is closed."""
        sheet = self.sheet(PaperKind.STATEMENT, self.close(month).statement.id)
        assert isinstance(sheet, StatementSheet)
        return sheet

    def sheet(self, kind: PaperKind, subject_id: int) -> Any:
        """The sheet that was queued for a contract's subscription, an invoice, an act or a statement."""
        return sheet_of(self.paper(kind, subject_id))

    def paper(self, kind: PaperKind, subject_id: int) -> Paper:
        """The paper that was queued for it."""
        return self.session.exec(select(Paper).where(Paper.kind == kind, Paper.subject_id == subject_id)).one()


def sheet_of(paper: Paper) -> Any:
    """What a paper prints."""
    return msgspec.json.decode(paper.sheet, type=SHEETS[paper.kind])
