"""D2: the closed list of reasons, their order and their verdicts."""

import re
from pathlib import Path

import pytest

from entitlements.reasons import Reason, Verdict

DOMAIN_BOOK = Path(__file__).resolve().parents[2] / "docs" / "domain.md"


def reasons_of_the_book() -> dict[str, list[str]]:
    """The table of rule D2: the reasons of each verdict in order of precedence."""
    rows = re.findall(r"^\| `(\w+)` \| ([A-Z_, ]+) \|$", DOMAIN_BOOK.read_text(encoding="utf-8"), re.MULTILINE)
    return {verdict: reasons.split(", ") for verdict, reasons in rows}


@pytest.mark.parametrize("verdict", Verdict)
def test_each_reason_has_the_verdict_and_the_order_of_the_book_d2(verdict: Verdict) -> None:
    ours = [reason.value for reason in Reason if reason.verdict is verdict]
    assert ours
    assert ours == [reason for reason in reasons_of_the_book()[verdict] if reason in Reason.__members__]


def test_refusals_come_before_approvals_before_warnings_before_plain_yes_d2() -> None:
    verdicts = [reason.verdict for reason in sorted(Reason, key=lambda reason: reason.rank)]
    order = [Verdict.DENY, Verdict.NEEDS_APPROVAL, Verdict.ALLOW_WITH_WARNING, Verdict.ALLOW]
    assert verdicts == sorted(verdicts, key=order.index)


def test_a_reason_is_its_own_name_wherever_it_is_stored_d2() -> None:
    assert [reason.value for reason in Reason] == [reason.name for reason in Reason]
