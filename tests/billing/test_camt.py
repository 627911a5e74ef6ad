"""camt.053 in versions 02 and 08: batches, reversals, several statements, and XML that means harm (M5)."""

from datetime import date

import pytest

from billing.bank_file import BankLineKind
from billing.camt import is_camt, read_camt
from contracts.errors import Refusal
from contracts.money import Money
from tests.bank_files import IBAN, PAYER_IBAN, camt, detail, entry

OWN = {IBAN: "EUR"}


@pytest.mark.parametrize("prefix", ["", "ns2"])
@pytest.mark.parametrize(("version", "status"), [("02", "BOOK"), ("08", "<Cd>BOOK</Cd>")])
def test_a_payment_is_read_in_both_versions_m5(version: str, status: str, prefix: str) -> None:
    words = "Invoice 2026-0001"
    content = camt(
        entry("1200.50", detail("1200.50", words=words, version=version), status=status), version=version, prefix=prefix
    )
    assert is_camt(content)
    file = read_camt(content, OWN)
    (line,) = file.lines
    assert (file.form, file.faults, file.passed) == (f"camt.053.001.{version}", (), 0)
    assert (line.account, line.number, line.booked_on, line.row) == (IBAN, "E2E-1", date(2026, 10, 6), 4)
    assert (line.amount, line.payer.name, line.payer.account) == (Money(120_050, "EUR"), "ACME GmbH", PAYER_IBAN)
    assert (line.purpose, line.kind) == (words, BankLineKind.RECEIVED)


@pytest.mark.parametrize("encoding", ["UTF-16", "windows-1252"])
def test_a_file_may_be_written_in_any_encoding_that_it_names(encoding: str) -> None:
    content = camt(entry("1200.50", detail("1200.50", words="Für Müller")))
    other = content.decode().replace("UTF-8", encoding).encode(encoding)
    assert is_camt(other)
    assert read_camt(other, OWN).lines == read_camt(content, OWN).lines


def test_a_batch_is_so_many_payments_and_must_come_to_its_entry_m5() -> None:
    batch = [detail("10.00", ref="NOTPROVIDED"), detail("20.00", ref=""), detail("5.50", ref="E2E-3")]
    file = read_camt(camt(entry("35.50", *batch, ref="B-7")), OWN)
    assert [(line.number, line.amount.minor) for line in file.lines] == [
        ("B-7/1", 1000),
        ("B-7/2", 2000),
        ("E2E-3", 550),
    ]
    for total, told in (("35.51", "35.50"), ("30.00", "35.50")):
        wrong = read_camt(camt(entry(total, *batch)), OWN)
        assert [(one.row, one.refusal.code, one.refusal.facts["allowed"]) for one in wrong.faults] == [
            (4, "SUM_DIFFERS", told)
        ]
        assert wrong.lines == ()
    assert [one.refusal.code for one in read_camt(camt(entry("9.00", detail(), detail())), OWN).faults] == [
        "VALUE_REQUIRED"
    ]


def test_what_a_batch_took_off_counts_against_it_and_is_passed_over_m5() -> None:
    """A bank books what came less its fee: the fee is no payment, and none that came was smaller for it."""
    came = detail("12.00", ref="E2E-1", way="CRDT")
    fee = detail("2.00", ref="FEE", way="DBIT")
    file = read_camt(camt(entry("10.00", came, fee)), OWN)
    assert [(line.number, line.amount.minor) for line in file.lines] == [("E2E-1", 1200)]
    assert (file.faults, file.passed) == ((), 1)
    taken = entry("10.00", detail("12.00", way="DBIT"), detail("2.00", ref="FEE", way="CRDT"), way="DBIT", reversal="1")
    file = read_camt(camt(taken), OWN)
    assert [(line.kind, line.amount.minor) for line in file.lines] == [(BankLineKind.TAKEN_BACK, 1200)]
    wrong = read_camt(camt(entry("14.00", came, fee)), OWN)
    assert [(one.refusal.code, one.refusal.facts["allowed"]) for one in wrong.faults] == [("SUM_DIFFERS", "10.00")]


def test_two_payments_under_one_name_of_the_payers_are_two_m5() -> None:
    """A standing order has one end-to-end id for ever, and may pay two like invoices on one day."""
    rent = [entry("10.00", detail(ref="RENT"), ref=f"B-{number}") for number in (1, 2)]
    other = entry("10.00", detail(ref="RENT"), ref="B-3", day="2026-10-07")
    once = camt(*rent, other)
    assert [line.number for line in read_camt(once, OWN).lines] == ["RENT", "RENT/2", "RENT"]
    head, statement = once.split(b"<Stmt>")
    own = statement.split(b"</Stmt>")[0]
    twice = head + b"<Stmt>".join([b"", own + b"</Stmt>", statement])
    keys = [line.key for line in read_camt(twice, OWN).lines]
    assert (len(keys), len(set(keys))) == (6, 3)


def test_reversals_are_told_apart_and_what_went_out_or_is_pending_is_passed_over_m5() -> None:
    file = read_camt(
        camt(
            entry("1.00", detail(), way="DBIT"),
            entry("2.00", detail(), way="DBIT", reversal="true"),
            entry("3.00", detail(), reversal="true"),
            entry("4.00", detail(), reversal="false"),
            entry("5.00", detail(), status="<Cd>PDNG</Cd>"),
        ),
        OWN,
    )
    kinds = [(line.amount.minor, line.kind.value) for line in file.lines]
    assert kinds == [(200, "taken_back"), (300, "returned"), (400, "received")]
    assert file.passed == 2


def test_statements_of_foreign_accounts_and_transfers_between_our_own_are_passed_over_m5() -> None:
    assert read_camt(camt(entry("1.00", detail()), account="DE00"), OWN).passed == 1
    own = read_camt(camt(entry("1.00", detail())), OWN | {PAYER_IBAN: "EUR"})
    assert (own.lines, own.passed) == ((), 1)
    two = camt(entry("1.00", detail(ref="A"))).replace(
        b"</Stmt>",
        b"</Stmt><Stmt><Acct><Id><IBAN>%s</IBAN></Id></Acct>%s</Stmt>"
        % (IBAN.encode(), entry("2.00", detail(ref="B")).encode()),
    )
    assert [line.number for line in read_camt(two, OWN).lines] == ["A", "B"]


def test_payments_without_any_name_are_told_apart_by_their_order_and_alike_in_each_file_m5() -> None:
    nameless = [entry("1.00", detail(ref="NOTPROVIDED")) for _ in range(2)]
    first = [line.key for line in read_camt(camt(*nameless), OWN).lines]
    again = [line.key for line in read_camt(camt(*nameless, entry("1.00", detail(ref="X"))), OWN).lines]
    assert len(set(first)) == 2
    assert set(first) < set(again)


def test_without_free_words_the_references_speak_m5() -> None:
    strd = "<RmtInf><Strd><CdtrRefInf><Ref>RF18 2026-0001</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    file = read_camt(camt(entry("1.00", detail().replace("</TxDtls>", strd)), entry("2.00")), OWN)
    assert [line.purpose for line in file.lines] == ["RF18 2026-0001", ""]
    assert file.lines[1].number == "NONREF/1"


def test_a_document_that_the_payer_calls_an_invoice_is_one_m5() -> None:
    of = "<Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Nb>2026-0001</Nb></RfrdDocInf></Strd></RmtInf></TxDtls>"
    of = f"<RmtInf><Strd><RfrdDocInf>{of}"
    told = [detail(ref=kind).replace("</TxDtls>", of.format(kind)) for kind in ("CINV", "CREN")]
    file = read_camt(camt(*[entry("1.00", one) for one in told]), OWN)
    assert [line.purpose for line in file.lines] == ["Invoice 2026-0001", "2026-0001"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        (entry("1.005", detail()), "Amt", "AMOUNT_UNREADABLE"),
        (entry("1e3", detail()), "Amt", "AMOUNT_UNREADABLE"),
        (entry("1.00", detail(), currency="JPY"), "Amt", "CURRENCY_UNKNOWN"),
        (entry("1.00", detail(), day="2026-02-30"), "BookgDt", "DAY_UNREADABLE"),
        (entry("1.00", detail("1.00"), detail("1.00").replace("EUR", "USD")), "Amt", "CURRENCY_DIFFERS"),
    ],
)
def test_a_fault_names_its_row_and_field_m5(wrong: str, field: str, code: str) -> None:
    file = read_camt(camt(entry("7.00", detail(ref="E2E-7")), wrong), OWN)
    assert [(one.row, one.column, one.refusal.code) for one in file.faults] == [(5, field, code)]
    assert {one.refusal.field for one in file.faults} <= {"file", field}
    assert [line.number for line in file.lines] == ["E2E-7"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB + camt(entry("1.00"))[39:], "BANK_FILE_UNREADABLE"),
        (EXTERNAL + camt(entry("1.00"))[39:], "BANK_FILE_UNREADABLE"),
        (camt(entry("1.00"))[:-20], "BANK_FILE_UNREADABLE"),
        (camt("<a>" * 100 + "</a>" * 100), "BANK_FILE_UNREADABLE"),
        (camt(entry("1.00"), version="04"), "BANK_FILE_UNKNOWN"),
    ],
)
def test_xml_that_means_harm_is_cut_or_of_another_version_is_refused_m5(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_camt(content, OWN)
    assert caught.value.code == code
