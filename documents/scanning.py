"""Keeping scans of signed papers: known by their bytes, never by a name from outside; a later one supersedes (P2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, literal
from sqlmodel import Session, col, select

from billing.bills import Act
from contracts.appending import append
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.queries import opens_contract
from contracts.requisites import require_text
from contracts.signatures import mark_signed
from contracts.subscriptions import Contract, Subscription
from documents.paper_kinds import PaperKind
from documents.scans import ScanFormat, ScanOf, SignedScan
from documents.store import Store, content_key
from entitlements.statements import Statement

LARGEST_SCAN = 16 * 2**20
"""Bytes that a scan may have."""
MARKS = {
    ScanFormat.PDF: (b"%PDF-", b"%%EOF"),
    ScanFormat.JPEG: (b"\xff\xd8\xff", b"\xff\xd9"),
    ScanFormat.PNG: (b"\x89PNG\r\n\x1a\n", b"IEND"),
}
"""How the bytes of each format begin, and what stands near their end, unless they were cut off."""
NEAR_END = 2048
_TABLES: dict[ScanOf, tuple[Any, str]] = {
    ScanOf.CONTRACT: (Contract, "CONTRACT_UNKNOWN"),
    ScanOf.AGREEMENT: (Subscription, "SUBSCRIPTION_UNKNOWN"),
    ScanOf.ACT: (Act, "ACT_UNKNOWN"),
    ScanOf.STATEMENT: (Statement, "STATEMENT_UNKNOWN"),
}


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A scan whose bytes are in the store."""

    format: ScanFormat
    sha256: str
    size_bytes: int
    store_key: str


def keep_scan(store: Store, content: bytes) -> KeptScan:
    """Put the bytes of a scan into the store, outside of any transaction; doing it again changes nothing.

    Raises `Refusal` with SCAN_UNREADABLE for anything but a whole PDF, JPEG or PNG, or BODY_TOO_LARGE.
    """
    if len(content) > LARGEST_SCAN:
        raise Refusal("BODY_TOO_LARGE", value=len(content), allowed=LARGEST_SCAN)
    for kind, (begins, ends) in MARKS.items():
        if content.startswith(begins) and ends in content[-NEAR_END:]:
            key = content_key("scan", content, kind)
            store.put(key, content)
            return KeptScan(kind, sha256(content).hexdigest(), len(content), key)
    raise Refusal("SCAN_UNREADABLE", field="body", value=None, allowed=[kind.upper() for kind in ScanFormat])


def add_scan(
    session: Session,
    of: ScanOf,
    subject_id: int,
    kept: KeptScan,
    added_by: str,
    *,
    at: datetime,
    signed_on: date | None = None,
) -> SignedScan:
    """That a signed paper came back as this scan; the latest once more is the latest. It may sign the contract (D2).

    Of the sale that a contract was made for the paper is that contract. Raises `Refusal` with CONTRACT_UNKNOWN,
    SUBSCRIPTION_UNKNOWN for an agreement, ACT_UNKNOWN or STATEMENT_UNKNOWN, SCAN_SIGNS_NOTHING, TEXT_WRONG, or those
    of `mark_signed`.
    """
    table, unknown = _TABLES[of]
    paper = session.get(table, subject_id)
    if paper is None:
        raise Refusal(unknown, field="subject_id", value=subject_id)
    of, subject_id = _scanned(session, of, subject_id)
    if signed_on is not None and of is not ScanOf.CONTRACT:
        raise Refusal("SCAN_SIGNS_NOTHING", field="signed_on", value=signed_on, allowed=[ScanOf.CONTRACT])
    by = require_text(added_by, "added_by", 200)
    lock_client(session, paper.client_id)
    if signed_on is not None:
        mark_signed(session, subject_id, signed_on, by, at=at)
    known = scans_of(session, of, subject_id)
    if known and known[-1].sha256 == kept.sha256:
        return known[-1]
    values = {
        "client_id": paper.client_id,
        "seller_id": paper.seller_id,
        "of": of,
        "subject_id": subject_id,
        "revision": len(known) + 1,
        "format": kept.format,
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "store_key": kept.store_key,
        "added_by": by,
        "added_at": at,
    }
    return append(session, SignedScan, values)


def scan_of_sale(session: Session, sold: Subscription) -> tuple[ScanOf, int]:
    """What a scan of the paper of a sale is of: the contract that was made for it, or an agreement to one."""
    if opens_contract(session, sold):
        return ScanOf.CONTRACT, sold.contract_id
    return ScanOf.AGREEMENT, sold.id


def _scanned(session: Session, of: ScanOf, subject_id: int) -> tuple[ScanOf, int]:
    sold = session.get(Subscription, subject_id) if of is ScanOf.AGREEMENT else None
    return (of, subject_id) if sold is None else scan_of_sale(session, sold)


def scans_of(session: Session, of: ScanOf, subject_id: int) -> Sequence[SignedScan]:
    """The scans of a contract, agreement, act or statement, the one that stands last."""
    of, subject_id = _scanned(session, of, subject_id)
    subject = literal(subject_id, BigInteger)  # an id of nothing may be larger than the column
    own = select(SignedScan).where(SignedScan.of == of, SignedScan.subject_id == subject)
    return session.exec(own.order_by(col(SignedScan.revision))).all()


def standing_scans(session: Session, seller_id: int, papers: Sequence[Any]) -> Mapping[int, SignedScan]:
    """The scan that stands of each of a seller's papers that came back signed, by the paper's id; each scan once."""
    own = select(SignedScan).where(SignedScan.seller_id == seller_id).order_by(col(SignedScan.revision))
    last = {(scan.of.value, scan.subject_id): scan for scan in session.exec(own)}
    sold = select(Subscription.id, Subscription.contract_id).where(Subscription.seller_id == seller_id)
    subjects: dict[int, tuple[str, int]] = {}
    opened: set[int] = set()
    for subscription_id, contract_id in session.exec(sold.order_by(col(Subscription.id))):
        is_first = contract_id not in opened
        opened.add(contract_id)
        subjects[subscription_id] = ("contract", contract_id) if is_first else ("agreement", subscription_id)
    found: dict[int, SignedScan] = {}
    for paper in papers:
        of = subjects[paper.subject_id] if paper.kind == PaperKind.CONTRACT else (paper.kind.value, paper.subject_id)
        scan = last.pop(of, None)
        if scan is not None:
            found[paper.id] = scan
    return found
