"""Taking in a bank's statement file: each line once for ever, whatever file it comes in, and matched at once (M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from billing.bank_facts import asked_of, known_payers, sellers_of_accounts, stored_like
from billing.bank_file import Accounts, BankFile, ReadLine
from billing.bank_lines import BankLine
from billing.bank_matching import Match
from billing.camt import is_camt, read_camt
from billing.client_bank_exchange import is_client_bank_exchange, read_client_bank_exchange
from billing.deciding_bank_lines import decide
from billing.invoicing import taxation
from contracts.errors import Refusal
from contracts.file_rows import RowFault, by_row
from contracts.locking import lock_clients
from contracts.parties import Seller

LOOKED_AT_ONCE = 100
"""Of how many lines the clients are found together."""
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class ImportedBankFile:
    """What a file did, or would have done: with faults that are not to be skipped it does nothing.

    `known` counts the lines that came before, in this file or another; `passed` those that concern no seller's account,
    went out, or are not booked.
    """

    form: str
    new: tuple[tuple[BankLine, Match], ...]
    known: int
    passed: int
    faults: tuple[RowFault, ...]

    @property
    def matched(self) -> int:
        """How many lines were recorded as payments."""
        return sum(found.is_certain for _, found in self.new)


def read_bank_file(content: bytes, own: Accounts) -> BankFile:
    """The file in whichever of the two forms.

    Raises `Refusal` with BANK_FILE_UNKNOWN, or those of the form's reader.
    """
    if is_client_bank_exchange(content):
        return read_client_bank_exchange(content, own)
    if is_camt(content):
        return read_camt(content, own)
    raise Refusal("BANK_FILE_UNKNOWN", field="file", value=None, allowed=["1CClientBankExchange", "camt.053"])


def import_bank_file(session: Session, content: bytes, *, at: datetime, skip_faulty: bool = False) -> ImportedBankFile:
    """Store what is new in a file and match it; the same file, or one that overlaps, stores nothing twice.

    Raises as `read_bank_file`, and BANK_FILE_FOREIGN when the file speaks of no account of a seller.
    """
    sellers = sellers_of_accounts(session)
    file = read_bank_file(content, {account: currency for account, (_, currency) in sellers.items()})
    if file.accounts.isdisjoint(sellers):
        raise Refusal("BANK_FILE_FOREIGN", field="file", value=None, allowed=sorted(sellers))
    unfit = _on_unfit_days(session, file, sellers, at)
    faults = by_row([*file.faults, *unfit.values()])
    if faults and not skip_faulty:
        return ImportedBankFile(file.form, (), 0, file.passed, faults)
    good = [line for line in file.lines if line.key not in unfit]
    new = _stored(session, _unknown(session, good), sellers, at)
    _take_turns(session, new)
    decided = tuple((line, decide(session, line, at=at)) for line in new)
    return ImportedBankFile(file.form, decided, len(good) - len(new), file.passed, faults)


def _on_unfit_days(session: Session, file: BankFile, sellers: Any, at: datetime) -> dict[Any, RowFault]:
    """The lines that no payment can be of, by their keys: of a day to come, or of one whose tax rate is not known."""
    ours = {one.id: (one.day_of(at), taxation(session, one.id)) for one in session.exec(select(Seller))}
    unfit = {}
    for line in file.lines:
        today, taxed = ours[sellers[line.account][0]]
        try:
            if line.booked_on > today:
                raise Refusal("PAID_ON_IN_FUTURE", field="file")
            taxed.rate_on(line.booked_on)
        except Refusal as refusal:
            unfit[line.key] = RowFault(*line.booked_at, f"{line.booked_on}", refusal)
    return unfit


def _unknown(session: Session, lines: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines that are none of those stored, of whose payers the bank may have said more or less then (M5).

    A stored line is one line of the file at most: first the one of the same key, then another of the same payer.
    """
    before = stored_like(session, lines)
    keys = {(one.document, one.payer.key) for same in before.values() for one in same}
    known = {line.key for line in lines} & keys
    left = {
        document: [one for one in same if (document, one.payer.key) not in known] for document, same in before.items()
    }
    new = []
    for line in lines:
        if line.key in known:
            continue
        known.add(line.key)
        same = [one for one in left[line.document] if one.payer.is_same(line.payer)]
        if same:
            left[line.document].remove(same[0])
        else:
            new.append(line)
    return new


def _stored(session: Session, lines: Sequence[ReadLine], sellers: Any, at: datetime) -> list[BankLine]:
    """The lines that are new, in the order of the file.

    All who import store in one order, so that two overlapping files wait for each other and never deadlock.
    """
    insert = INSERT[session.get_bind().dialect.name]
    ids: list[int] = []
    for line in sorted(lines, key=lambda one: one.key):
        storing = insert(BankLine).values(**_columns(line, sellers[line.account][0], at))
        storing = storing.on_conflict_do_nothing().returning(BankLine.id).execution_options(may_store_nothing=True)
        ids += session.connection().execute(storing).scalars().all()
    rows = session.exec(select(BankLine).where(col(BankLine.id).in_(ids))).all()
    places = {line.key: place for place, line in reversed(list(enumerate(lines)))}
    return sorted(rows, key=lambda row: places[row.document, row.payer_key])


def _columns(line: ReadLine, seller_id: int, at: datetime) -> dict[str, Any]:
    payer = line.payer
    return {
        "seller_id": seller_id,
        "account": line.account,
        "kind": line.kind,
        "number": line.number,
        "dated_on": line.dated_on,
        "booked_on": line.booked_on,
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "payer_key": payer.key,
        "payer_name": payer.name,
        "payer_inn": payer.inn,
        "payer_kpp": payer.kpp,
        "payer_account": payer.account,
        "purpose": line.purpose,
        "recorded_at": at,
    }


def _take_turns(session: Session, lines: Sequence[BankLine]) -> None:
    """Take the rows of every client that the lines may concern, before anything is decided on what they have."""
    clients = set()
    for start in range(0, len(lines), LOOKED_AT_ONCE):
        some = lines[start : start + LOOKED_AT_ONCE]
        for found in (known_payers(session, some), asked_of(session, some, {})):
            clients |= {one.client_id for of_line in found.values() for one in of_line}
    if clients:
        lock_clients(session, sorted(clients))
