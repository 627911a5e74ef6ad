"""Scans of signed papers: known by their bytes, kept, the latest stands, and one may sign a contract (P2, D2)."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, select

from api.journeys import renew_subscription
from contracts.errors import Refusal
from contracts.subscriptions import ContractSigning
from documents.papers import Paper
from documents.scanning import LARGEST_SCAN, KeptScan, add_scan, keep_scan, scans_of, standing_scans
from documents.scans import ScanFormat, ScanOf
from documents.store import Store
from tests.builders import moment, refused
from tests.documents.market import CLOSED_AT, SOLD_AT, Market

PDF = b"%PDF-1.4 signed \n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0 signed \xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n signed IEND\xaeB`\x82"


def kept(content: bytes, folder: Path) -> KeptScan:
    return keep_scan(Store(folder.as_uri()), content)


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, ScanFormat.PDF), (JPEG, ScanFormat.JPEG), (PNG, ScanFormat.PNG)], ids=list(ScanFormat)
)
def test_a_scan_is_what_its_bytes_say_and_is_kept_under_their_digest(
    tmp_path: Path, content: bytes, kind: ScanFormat
) -> None:
    scan = kept(content, tmp_path)
    assert (scan.format, scan.size_bytes, kept(content, tmp_path)) == (kind, len(content), scan)
    assert scan.store_key == f"scan/{scan.sha256}.{kind}"
    assert Store(tmp_path.as_uri()).get(scan.store_key) == content


@pytest.mark.parametrize(
    "content",
    [b"hello", b"<html>%PDF-1.4 %%EOF", PDF[:10], JPEG[:6], PNG[:9], b"MZ" + PDF, PDF + b"\x00" * 5000],
)
def test_what_is_no_whole_pdf_jpeg_or_png_is_refused_and_not_kept(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refusal, match="SCAN_UNREADABLE") as refusal:
        kept(content, tmp_path)
    assert refusal.value.facts["allowed"] == ["PDF", "JPG", "PNG"]
    assert list(tmp_path.iterdir()) == []


def test_a_scan_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="BODY_TOO_LARGE"):
        kept(PDF[:5] + b"x" * LARGEST_SCAN + PDF, tmp_path)


def test_a_later_scan_supersedes_both_are_kept_and_the_latest_again_is_the_latest(
    market: Market, tmp_path: Path
) -> None:
    contract_id = market.sell().sale.contract.id
    of = (market.session, ScanOf.CONTRACT, contract_id)
    first = add_scan(*of, kept(PDF, tmp_path), "Котова", at=SOLD_AT)
    second = add_scan(*of, kept(PNG, tmp_path), "Орлова", at=CLOSED_AT)
    again = add_scan(*of, kept(PNG, tmp_path), "Котова", at=CLOSED_AT)
    assert [(one.revision, one.added_by) for one in scans_of(*of)] == [(1, "Котова"), (2, "Орлова")]
    assert (first.revision, second.id, again.id) == (1, second.id, second.id)


def test_a_scan_may_mark_its_contract_as_signed_d2(market: Market, tmp_path: Path) -> None:
    contract_id, day = market.sell().sale.contract.id, date(2026, 9, 20)
    of = (market.session, ScanOf.CONTRACT, contract_id, kept(PDF, tmp_path), "Котова")
    add_scan(*of, at=SOLD_AT, signed_on=day)
    signed = market.session.exec(select(ContractSigning)).one()
    assert (signed.contract_id, signed.signed_on, signed.recorded_by) == (contract_id, day, "Котова")
    with refused(market.session, "ALREADY_SIGNED"):
        add_scan(*of, at=SOLD_AT, signed_on=day)


def test_acts_and_statements_have_scans_and_sign_nothing(market: Market, tmp_path: Path) -> None:
    market.sell()
    market.work("2026-10-12 10:00", 120)
    closed = market.close()
    assert closed.act is not None
    scan = kept(PDF, tmp_path)
    add_scan(market.session, ScanOf.ACT, closed.act.id, scan, "Котова", at=CLOSED_AT)
    of = (market.session, ScanOf.STATEMENT, closed.statement.id, scan, "Котова")
    with refused(market.session, "SCAN_SIGNS_NOTHING"):
        add_scan(*of, at=CLOSED_AT, signed_on=date(2026, 10, 1))
    add_scan(*of, at=CLOSED_AT)
    papers = [market.paper("act", closed.act.id), market.paper("statement", closed.statement.id)]  # type: ignore[arg-type]
    found = standing_scans(market.session, market.seller.id, papers)
    assert {paper.id: found[paper.id].of.value for paper in papers} == {papers[0].id: "act", papers[1].id: "statement"}


def test_a_renewal_and_a_further_sale_have_scans_of_their_own_and_sign_no_contract_p2(
    market: Market, tmp_path: Path
) -> None:
    sold, scan = market.sell(), kept(PDF, tmp_path)
    further = market.sell("its-prof", contract_id=sold.sale.contract.id)
    renewed = renew_subscription(market.session, sold.sale.subscription.id, None, at=moment("2027-09-20 12:00"))
    first, other, later = (one.papers[0] for one in (sold, further, renewed))

    def standing(*papers: Paper) -> dict[int, int]:
        found = standing_scans(market.session, market.seller.id, papers)
        return {paper_id: one.id for paper_id, one in found.items()}

    add = partial(add_scan, market.session, added_by="Котова", at=CLOSED_AT)
    original = add(ScanOf.CONTRACT, sold.sale.contract.id, scan)
    assert (standing(first, other, later), standing(later)) == ({first.id: original.id}, {})
    signed = add(ScanOf.AGREEMENT, renewed.sale.subscription.id, kept(PNG, tmp_path))
    assert standing(first, other, later) == {first.id: original.id, later.id: signed.id}
    assert (signed.revision, signed.subject_id) == (1, renewed.sale.subscription.id)
    with refused(market.session, "SCAN_SIGNS_NOTHING"):
        add(ScanOf.AGREEMENT, further.sale.subscription.id, scan, signed_on=date(2026, 9, 20))


def test_the_paper_of_the_sale_that_a_contract_was_made_for_is_the_contract_p2(market: Market, tmp_path: Path) -> None:
    sold = market.sell().sale
    of = (market.session, ScanOf.AGREEMENT, sold.subscription.id)
    scan = add_scan(*of, kept(PDF, tmp_path), "Котова", at=SOLD_AT, signed_on=date(2026, 9, 20))
    assert (scan.of, scan.subject_id) == (ScanOf.CONTRACT, sold.contract.id)
    assert market.session.exec(select(ContractSigning.contract_id)).one() == sold.contract.id
    of_contract = (market.session, ScanOf.CONTRACT, sold.contract.id)
    assert [[one.id for one in scans_of(*asked)] for asked in (of, of_contract)] == [[scan.id]] * 2


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (ScanOf.CONTRACT, "CONTRACT_UNKNOWN"),
        (ScanOf.AGREEMENT, "SUBSCRIPTION_UNKNOWN"),
        (ScanOf.ACT, "ACT_UNKNOWN"),
        (ScanOf.STATEMENT, "STATEMENT_UNKNOWN"),
    ],
)
def test_a_scan_of_nothing_is_refused(session: Session, tmp_path: Path, of: ScanOf, code: str) -> None:
    with refused(session, code, field="subject_id", value=999):
        add_scan(session, of, 999, kept(PDF, tmp_path), "Котова", at=SOLD_AT)
    assert scans_of(session, of, 2**63 - 1) == []
