"""What a plan promises, in the words of the contract: the clauses that a contract under it prints (P1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from xml.etree import ElementTree

from sqlmodel import Session, select

from contracts.catalogue import Plan, PlanPrice, PlanVersion
from contracts.parties import Seller
from documents.contract import ContractSheet
from documents.drawing_contract import hours_terms, renewal_terms
from documents.drawing_parties import called, introduced, service_sheets
from documents.drawing_scope import scope_terms
from documents.paper_kinds import PaperKind
from documents.sample_sheets import sample_sheet
from documents.templating import page_source
from documents.words import Language

TEMPLATE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a contract: its number, and what it says."""

    number: str
    text: str


def plan_clauses(
    session: Session, plan: Plan, version: PlanVersion, seller: Seller, language: Language
) -> list[Clause]:
    """The clauses of a contract of the seller under a plan version, with a sample client and a sample sum.

    They are taken from the contract's own template, so what is read here is what will be signed.
    """
    sample = sample_sheet(PaperKind.CONTRACT, introduced(seller, language), seller.city)
    assert isinstance(sample, ContractSheet)
    prices = session.exec(select(PlanPrice).where(PlanPrice.plan_version_id == version.id)).all()
    listed = next((one for one in prices if one.term_months == sample.term_months), None)
    sheet = replace(
        sample,
        plan=called(plan, language),
        services=service_sheets(session, version, language),
        hours=hours_terms(version, seller),
        renewal=renewal_terms(version, listed),
        payment_days=seller.payment_days,
        payment_grace_days=version.payment_grace_days,
        objection_days=version.objection_days,
        scope=scope_terms(session, version, language),
    )
    page = ElementTree.fromstring(page_source(PaperKind.CONTRACT, TEMPLATE_VERSION, language, sheet))
    return [_clause(found) for found in page.iter() if found.get("class") == "clause"]


def beside(before: Sequence[Clause], after: Sequence[Clause]) -> list[tuple[Clause | None, Clause | None]]:
    """The clauses of two versions side by side; none where one of them has no such clause.

    Clauses of the same words stand together whatever their numbers are; so does, between them, what was said otherwise.
    """
    old, new = [one.text for one in before], [one.text for one in after]
    pairs: list[tuple[Clause | None, Clause | None]] = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs += zip_longest(before[i1:i2], after[j1:j2])
    return pairs


def _clause(paragraph: ElementTree.Element) -> Clause:
    number = paragraph[0].text or ""
    told = "".join(paragraph.itertext()).removeprefix(number)
    return Clause(number, " ".join(told.split()))
