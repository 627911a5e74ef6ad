"""Bank files in pages: tried, taken in, and the queue of what no rule decides, with the reason of each line (M5)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.inputs import PathId
from api.pages.forms import Form, Id, SentForm, Text, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.pages.payments import PAYERS, Asked, Reason
from billing.bank_importing import ImportedBankFile, import_bank_file
from billing.bank_matching import Match
from billing.bank_queue import BankLineState, LinesWanted, line_standing, lines_found, why_waiting
from billing.deciding_bank_lines import assign, set_aside, take_back
from billing.taking_payments import Put
from billing.unpaid_invoices import UnpaidWanted, payers_found, unpaid_invoices
from contracts.errors import Refusal
from contracts.listed_parties import entities_named
from contracts.parties import Entity
from documents.bank_wording import match_text
from documents.refusal_wording import refusal_text

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST_FAULTS = 50
"""How many faults of a file a page names."""

Count = Annotated[int, Query(ge=0, le=10**9)]


class Sent(Typed):
    """A file of a bank, and whether its other lines are taken in although some have faults."""

    file: Text = ""
    skip_faulty: bool = False


class Assigned(Typed):
    """Whose payment a line is, and for which invoices."""

    entity_id: Id
    invoices: list[Id] = Field(default=[])
    q: Text = ""


@router.get("/payments/bank")
def show_queue(
    page: ReadingPage,
    state: BankLineState = BankLineState.WAITING,
    after: Annotated[PathId | None, Query()] = None,
    matched: Count | None = None,
    known: Count = 0,
) -> Response:
    """The lines that wait for a person and why, the first taken in first; and where a file is sent."""
    taken = {"matched": matched, "known": known} if matched is not None else None
    return page.show("bank/queue.html", taken=taken, **_queue(page, state, after or 0))


@router.post("/payments/bank:preview")
def preview(form: SentForm, page: WritingPage) -> Response:
    """What taking in a file would do; nothing is written."""

    def act() -> Response:
        given = form.read(Sent)
        done = import_bank_file(page.session, form.file("file"), at=page.at, skip_faulty=given.skip_faulty)
        told = _told(page, done)
        for line, _ in done.new:
            page.session.expunge(line)  # it is told of, and there is no such row
        page.session.rollback()
        return _shown(page, told)

    return page.act_now(act, lambda refusal: _again(page, form, refusal))


@router.post("/payments/bank")
def take_in(form: SentForm, page: WritingPage) -> Response:
    """Take in a file, each of its lines once for ever; with a fault none, unless faults are skipped."""

    def act() -> str:
        given = form.read(Sent)
        done = import_bank_file(page.session, form.file("file"), at=page.at, skip_faulty=given.skip_faulty)
        if done.faults and not given.skip_faulty:
            raise Refusal("BANK_FILE_WRONG", field="file", told=_told(page, done))
        return f"/payments/bank?matched={done.matched}&known={done.known}"

    return page.act_now(act, lambda refusal: _again(page, form, refusal))


@router.get("/payments/bank/{bank_line_id}")
def show_line(bank_line_id: PathId, page: ReadingPage, q: Asked = "") -> Response:
    """A line, why it waits or who decided, and what may be decided."""
    return page.show("bank/line.html", **_line(page, bank_line_id, q))


@router.post("/payments/bank/{bank_line_id}:assign")
def give(bank_line_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Record a waiting line as a payment of an entity and put it to the invoices that are ticked."""

    def act() -> str:
        given = form.read(Assigned)
        puts = [Put(invoice_id) for invoice_id in given.invoices]
        assign(page.session, bank_line_id, given.entity_id, puts, page.person.name, at=page.at)
        return "/payments/bank?said=assigned"

    return page.once(form, act, lambda refusal: _line_again(page, bank_line_id, form, refusal))


@router.post("/payments/bank/{bank_line_id}:set-aside")
def pass_over(bank_line_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say that a waiting line is no payment of a client."""

    def act() -> str:
        set_aside(page.session, bank_line_id, page.person.name, form.read(Reason).reason, at=page.at)
        return "/payments/bank?said=set_aside"

    return page.once(form, act, lambda refusal: _line_again(page, bank_line_id, form, refusal))


@router.post("/payments/bank/{bank_line_id}:take-back")
def decide_anew(bank_line_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let a decided line wait again; the payment that was made of it is reversed."""

    def act() -> str:
        take_back(page.session, bank_line_id, page.person.name, form.read(Reason).reason, at=page.at)
        return f"/payments/bank/{bank_line_id}?said=taken_back"

    return page.once(form, act, lambda refusal: _line_again(page, bank_line_id, form, refusal))


def _queue(page: Page, state: BankLineState, after: int = 0) -> dict[str, Any]:
    found = lines_found(page.session, LinesWanted(state), after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    waiting = why_waiting(page.session, shown)
    return {
        "state": state,
        "states": list(BankLineState),
        "lines": [
            (one, match_text(waiting[one.line.id].reason, page.language) if one.line.id in waiting else None)
            for one in shown
        ],
        "later": shown[-1].line.id if len(found) > ON_A_PAGE else None,
        "told": None,
    }


def _told(page: Page, done: ImportedBankFile) -> dict[str, Any]:
    """What a file would do, or why it does nothing, in values that outlive the transaction."""
    return {
        "done": done,
        "lines": [(one, match_text(found.reason, page.language), found.is_certain) for one, found in done.new],
        "faults": [(one, refusal_text(one.refusal.code, page.language)) for one in done.faults[:MOST_FAULTS]],
    }


def _shown(page: Page, told: dict[str, Any]) -> Response:
    if page.is_fragment:
        return page.show("bank/preview.html", told=told)
    return page.show("bank/queue.html", taken=None, **(_queue(page, BankLineState.WAITING) | {"told": told}))


def _again(page: Page, form: Form, refusal: Refusal) -> Response:
    told = refusal.facts.pop("told", None)
    if page.is_fragment:
        return page.again("bank/preview.html", form, refusal, told=told)
    queue = _queue(page, BankLineState.WAITING) | {"told": told, "taken": None}
    return page.again("bank/queue.html", form, refusal, **queue)


def _line_again(page: Page, bank_line_id: int, form: Form, refusal: Refusal) -> Response:
    values = _line(page, bank_line_id, form.typed.get("q", "")) | {"ticked": form.all("invoices")}
    return page.again("bank/line.html", form, refusal, **values)


def _line(page: Page, bank_line_id: int, q: str) -> dict[str, Any]:
    standing, text = line_standing(page.session, bank_line_id), q.strip()
    line = standing.line
    why = why_waiting(page.session, [standing]).get(line.id)
    payers = _payers(page, why, line.seller_id, text) if why is not None else []
    wanted = UnpaidWanted(line.seller_id, {entity.client_id for entity, _ in payers}, currency=line.currency)
    return {
        "one": standing,
        "q": text,
        "why": match_text(why.reason, page.language) if why is not None else None,
        "payers": payers,
        "unpaid": unpaid_invoices(page.session, wanted, limit=ON_A_PAGE) if payers else [],
        "ticked": [str(one.id) for one in why.candidates] if why is not None and len(why.candidates) == 1 else [],
    }


def _payers(page: Page, why: Match, seller_id: int, text: str) -> list[tuple[Entity, str]]:
    """Whose payment it may be: those who were looked for, else those whom the bank's words point to."""
    if text:
        return payers_found(page.session, seller_id, text, limit=PAYERS)
    ids = {one.entity_id for one in why.candidates} | {why.entity_id}
    return entities_named(page.session, ids)[:PAYERS]
