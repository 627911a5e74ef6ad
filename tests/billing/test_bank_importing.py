"""Files from banks: each line once for ever, matched or left to people, none twice by two threads (M5, S8)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from api.schema import Rule
from billing.bank_facts import add_account, asked_of
from billing.bank_file import BankLineKind
from billing.bank_importing import ImportedBankFile, import_bank_file
from billing.bank_lines import BankLine, BankLineStep
from billing.bank_queue import BankLineState, LinesWanted, line_standing, lines_found, why_waiting
from billing.bills import Invoice
from billing.deciding_bank_lines import assign, set_aside, take_back
from billing.payments import Payment, PaymentPart
from billing.purpose import read_purpose
from billing.settling import InvoiceState, standing_of
from billing.taking_payments import Put, Received, record_payment, reverse_payment
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Entity
from contracts.subscriptions import PaymentMark
from tests.bank_files import IBAN, OURS, PAYER_IBAN, THEIRS, Values, camt, detail, document, entry, exchange
from tests.billing.test_taking_payments import invoiced
from tests.builders import Customer, a_client, a_seller, at_once, moment, refused, row_counts
from tests.rows import lift

AT = moment("2026-10-07 12:00")
WHO = ("Котова И. Л.", "Не от клиента")


def paying(session: Session, customer: Customer, **changes: str | None) -> Values:
    """A document by which the client pays its invoice of 12 000.00."""
    entity = session.get_one(Entity, customer.entity.id)
    own = {"ПлательщикИНН": entity.inn, "ПлательщикКПП": entity.kpp, "Сумма": "12000.00", "Плательщик": None}
    return document(**(own | changes))


def taken_in(session: Session, *documents: Values, skip_faulty: bool = False) -> ImportedBankFile:
    return import_bank_file(session, exchange(*documents), at=AT, skip_faulty=skip_faulty)


def reasons(done: ImportedBankFile) -> list[str]:
    return [found.reason.value for _, found in done.new]


def states(session: Session) -> list[str]:
    return [one.state.value for one in lines_found(session, LinesWanted())]


def test_a_file_pays_its_invoice_and_marks_the_subscription_and_again_changes_nothing_m5_s8(session: Session) -> None:
    customer, invoice = invoiced(session)
    done = taken_in(session, paying(session, customer))
    assert (reasons(done), done.known) == (["number_and_sum"], 0)
    assert standing_of(session, invoice).state is InvoiceState.PAID
    assert session.exec(select(PaymentMark.paid_until)).all()[-1] == date(2027, 9, 30)
    before = row_counts(session), session.get_one(type(customer.client), customer.id).state_version
    twice = paying(session, customer), paying(session, customer)
    again = taken_in(session, *twice)
    assert (again.new, again.known) == ((), 2)
    assert (row_counts(session), session.get_one(type(customer.client), customer.id).state_version) == before


def test_overlapping_files_and_both_encodings_store_each_line_once_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    one, two, three = (paying(session, customer, Номер=number, Сумма="1.00") for number in ("1", "2", "3"))
    assert len(taken_in(session, one, two, two).new) == 2
    plain = [values | {"Плательщик1": "ООО Ромашка"} for values in (two, three)]
    done = import_bank_file(session, exchange(*plain, encoding="utf-8"), at=AT)
    assert ([line.number for line, _ in done.new], done.known) == (["3"], 1)


def test_a_file_with_a_fault_changes_nothing_unless_the_faulty_are_skipped_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    good, bad = paying(session, customer), paying(session, customer, Номер="119", Сумма="1_000")
    late = paying(session, customer, Номер="120", ДатаПоступило="08.10.2026")
    before = row_counts(session)
    done = taken_in(session, good, bad, late)
    assert [(one.row, one.column, one.refusal.code) for one in done.faults] == [
        (25, "Сумма", "AMOUNT_UNREADABLE"),
        (43, "ДатаПоступило", "PAID_ON_IN_FUTURE"),
    ]
    assert (done.new, row_counts(session)) == ((), before)
    assert len(taken_in(session, good, bad, late, skip_faulty=True).new) == 1


def test_a_line_of_a_day_without_a_known_tax_rate_is_a_fault_of_its_own_m2_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    good, old = paying(session, customer), paying(session, customer, Номер="121", ДатаПоступило="05.10.1999")
    done = taken_in(session, old, good, skip_faulty=True)
    assert [one.refusal.code for one in done.faults] == ["TAX_MODE_UNKNOWN"]
    assert reasons(done) == ["number_and_sum"]


def test_a_file_that_speaks_of_no_account_of_ours_is_refused_m5(session: Session) -> None:
    invoiced(session)
    with refused(session, "BANK_FILE_FOREIGN"):
        import_bank_file(session, exchange(document()).replace(b"40702810438000060473", b"1"), at=AT)
    with refused(session, "BANK_FILE_UNKNOWN"):
        import_bank_file(session, b"MT940", at=AT)


@pytest.mark.parametrize("written", ["DE89 3704 0044 0532 0130 00", IBAN.lower()])
def test_an_account_is_ours_however_the_bank_writes_it_m5(session: Session, written: str) -> None:
    _, invoice = invoiced(session)
    add_account(session, invoice.seller_id, IBAN, "EUR", at=AT)
    done = import_bank_file(session, camt(entry("100.00", detail()), account=written), at=AT)
    assert [line.account for line, _ in done.new] == [IBAN]


def test_a_russian_account_may_be_written_with_spaces_and_a_statement_may_be_empty_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    spaced = paying(session, customer, ПолучательСчет="40702 810 4 3800 0060473")
    assert (
        len(import_bank_file(session, exchange(spaced).replace(f"РасчСчет={OURS}".encode("cp1251"), b""), at=AT).new)
        == 1
    )
    assert import_bank_file(session, exchange(), at=AT).new == ()


def test_a_statement_of_an_account_that_only_paid_us_is_foreign_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    add_account(session, invoice.seller_id, PAYER_IBAN, "EUR", at=AT)
    with refused(session, "BANK_FILE_FOREIGN"):
        import_bank_file(session, camt(entry("100.00", detail())), at=AT)


@pytest.mark.parametrize(("told", "field"), [("BookgDt", "BookgDt"), ("ValDt", "ValDt")])
def test_a_day_to_come_is_a_fault_of_the_field_in_which_it_stands_m5(session: Session, told: str, field: str) -> None:
    _, invoice = invoiced(session)
    add_account(session, invoice.seller_id, IBAN, "EUR", at=AT)
    content = camt(entry("100.00", detail(), day="2026-10-08")).replace(b"BookgDt", told.encode())
    faults = [(one.row, one.column, one.value) for one in import_bank_file(session, content, at=AT).faults]
    assert faults == [(4, field, "2026-10-08")]


def test_a_day_to_come_without_a_day_of_receipt_is_a_fault_of_the_documents_day_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    done = taken_in(session, paying(session, customer, ДатаПоступило=None, Дата="08.10.2026"))
    assert [(one.row, one.column, one.value) for one in done.faults] == [(12, "Дата", "2026-10-08")]


def test_what_was_recorded_by_hand_is_not_paid_again_by_the_bank_m5(session: Session) -> None:
    customer, invoice = invoiced(session)
    by_hand = Received(invoice.seller_id, customer.entity.id, "118", date(2026, 10, 5), Money(12_000_00), "Оплата")
    payment = record_payment(session, by_hand, at=AT)
    done = taken_in(session, paying(session, customer))
    assert reasons(done) == ["recorded_by_hand"]
    assert session.exec(select(Payment.id)).all() == [payment.id]
    assert [one.payment_id for one in session.exec(select(BankLineStep))] == [payment.id]
    twin = taken_in(session, paying(session, customer, ПлательщикСчет="40702810900000000002"))
    assert reasons(twin) == ["payment_exists"]


def test_an_unknown_payer_waits_until_a_person_says_who_it_is_and_is_known_by_its_account_then_m5(
    session: Session,
) -> None:
    customer, invoice = invoiced(session)
    add_account(session, invoice.seller_id, IBAN, "RUB", at=AT)
    words = detail(words=f"Invoice {invoice.number}")
    done = import_bank_file(session, camt(entry("5000.00", words, currency="RUB")), at=AT)
    assert reasons(done) == ["payer_unknown"]
    ((line, found),) = done.new
    assert [one.number for one in found.candidates] == [invoice.number]
    step = assign(session, line.id, customer.entity.id, [Put(invoice.id)], WHO[0], at=AT)
    assert standing_of(session, invoice).left == Money(7_000_00)
    assert line_standing(session, line.id).state is BankLineState.PAID
    for verb in (
        lambda: assign(session, line.id, customer.entity.id, [], WHO[0], at=AT),
        lambda: set_aside(session, line.id, *WHO, at=AT),
    ):
        with refused(session, "BANK_LINE_DECIDED", state=BankLineState.PAID):
            verb()
    known = import_bank_file(session, camt(entry("7000.00", detail(ref="E2E-2"), currency="RUB")), at=AT)
    assert reasons(known) == ["payer_and_sum"]
    assert step.decided_by == WHO[0]


def test_a_line_is_set_aside_and_taken_back_and_an_assigned_one_reverses_its_payment_m5(session: Session) -> None:
    customer, invoice = invoiced(session)
    ((line, found),) = taken_in(session, document(ПлательщикИНН="7736050003")).new
    assert found.reason == "payer_unknown"
    set_aside(session, line.id, *WHO, at=AT)
    assert states(session) == ["set_aside"]
    take_back(session, line.id, *WHO, at=AT)
    with refused(session, "BANK_LINE_WAITING"):
        take_back(session, line.id, *WHO, at=AT)
    assert states(session) == ["waiting"]
    step = assign(session, line.id, customer.entity.id, [Put(invoice.id)], WHO[0], at=AT)
    assert standing_of(session, invoice).state is InvoiceState.PAID
    take_back(session, line.id, *WHO, at=AT)
    assert standing_of(session, invoice).state is InvoiceState.OPEN
    again = assign(session, line.id, customer.entity.id, [], WHO[0], at=AT)
    assert again.payment_id != step.payment_id
    reverse_payment(session, again.payment_id or 0, *WHO, at=AT)
    assert states(session) == ["waiting"]  # whose payment was reversed, waits again
    assert [one.kind.value for one in line_standing(session, line.id).steps] == [
        *("set_aside", "taken_back", "assigned", "taken_back", "assigned")
    ]


def test_what_the_bank_took_back_is_no_payment_m5(session: Session) -> None:
    customer, invoice = invoiced(session)
    add_account(session, invoice.seller_id, IBAN, "EUR", at=AT)
    ((line, found),) = import_bank_file(session, camt(entry("5.00", detail(), way="DBIT", reversal="true")), at=AT).new
    assert found.reason == "taken_back"
    with refused(session, "BANK_LINE_NOT_RECEIVED"):
        assign(session, line.id, customer.entity.id, [], WHO[0], at=AT)
    assert why_waiting(session, [line_standing(session, line.id)]) == {line.id: found}


def test_nothing_is_assigned_that_does_not_fit_m5(session: Session) -> None:
    customer, invoice = invoiced(session)
    ((line, _),) = taken_in(session, document(ПлательщикИНН="7736050003", Сумма="100.00")).new
    foreign = a_client(session, "Василёк").entity.id
    with refused(session, "INVOICE_UNKNOWN"), session.begin_nested():
        assign(session, line.id, foreign, [Put(invoice.id)], WHO[0], at=AT)
    session.expire_all()  # SQLite gives the id of the payment that was undone again
    with refused(session, "PAYMENT_AMOUNT_WRONG"), session.begin_nested():
        assign(session, line.id, customer.entity.id, [Put(invoice.id, Money(100_01))], WHO[0], at=AT)
    with refused(session, "ENTITY_UNKNOWN"):
        assign(session, line.id, 999_999, [], WHO[0], at=AT)
    with refused(session, "BANK_LINE_UNKNOWN"):
        assign(session, line.id + 1, foreign, [], WHO[0], at=AT)
    assert states(session) == ["waiting"]


@pytest.mark.parametrize("turned", [False, True], ids=["the same file", "overlapping, in another order"])
def test_two_who_take_in_a_file_at_once_store_each_line_once_m5(engine: Engine, turned: bool) -> None:
    with transaction(engine) as session:
        customer, _ = invoiced(session)
        lines = [paying(session, customer, Номер=str(number), Сумма="1000.00") for number in range(1, 7)]
    files = [exchange(*lines[:5]), exchange(*reversed(lines[1:])) if turned else exchange(*lines[:5])]
    done = at_once(engine, *[lambda session, file=file: import_bank_file(session, file, at=AT).known for file in files])
    assert [one for one in done if not isinstance(one, int)] == []
    with reading(engine) as session:
        stored = 6 if turned else 5
        assert len(session.exec(select(BankLine)).all()) == stored
        assert len(session.exec(select(Payment)).all()) == len(session.exec(select(PaymentPart)).all()) == stored
        assert standing_of(session, session.exec(select(Invoice)).one()).paid == Money(1_000_00 * stored)


def test_of_two_who_decide_about_a_line_at_once_one_is_refused_m5(engine: Engine) -> None:
    with transaction(engine) as session:
        customer, _ = invoiced(session)
        foreign = a_client(session, "Василёк")
        ((line, _),) = taken_in(session, document(ПлательщикИНН="7736050003")).new
        line_id, entities = line.id, (customer.entity.id, foreign.entity.id)
    done = at_once(
        engine,
        *[lambda session, one=one: assign(session, line_id, one, [], WHO[0], at=AT).id for one in entities],
    )
    assert sum(isinstance(one, int) for one in done) == 1
    no = next(one for one in done if not isinstance(one, int))
    assert no.code == "BANK_LINE_DECIDED" if isinstance(no, Refusal) else "bank_line_step" in str(no)
    with reading(engine) as session:
        assert len(session.exec(select(Payment)).all()) == 1


def test_an_account_is_known_once_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    add_account(session, invoice.seller_id, "DE89 3704 0044 0532 0130 00", "EUR", at=AT)
    for number in (IBAN, "40702810438000060473"):
        with refused(session, "BANK_ACCOUNT_EXISTS", value=number):
            add_account(session, invoice.seller_id, number, "EUR", at=AT)
    with refused(session, "CURRENCY_UNKNOWN", field="currency", value="XAU"):
        add_account(session, invoice.seller_id, THEIRS, "XAU", at=AT)
    assert THEIRS != IBAN


def test_two_people_who_pay_through_one_account_of_their_bank_are_not_one_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    through = dict.fromkeys(("ПлательщикСчет", "ПлательщикРасчСчет"), "30232810000000000001")
    nobody = dict.fromkeys(("ПлательщикИНН", "ПлательщикКПП"), None) | through | {"НазначениеПлатежа": "За услуги"}
    first = taken_in(session, document(**(nobody | {"Номер": "1", "Сумма": "5.00", "Плательщик": "Банк//Иванов"})))
    assign(session, first.new[0][0].id, customer.entity.id, [], "Котова И. Л.", at=AT)
    second = document(**(nobody | {"Номер": "2", "Сумма": "12000.00", "Плательщик": "Банк//Петров"}))
    assert reasons(taken_in(session, second)) == ["payer_unknown"]


POOR = {"ПлательщикСчет": None, "ПлательщикИНН": None, "ПлательщикКПП": None}


@pytest.mark.parametrize("first_poor", [True, False])
@pytest.mark.parametrize("left_out", [POOR, {"ПлательщикСчет": None}, {"ПлательщикИНН": None}])
def test_a_bank_that_tells_more_or_less_of_a_payer_next_time_tells_of_the_same_payment_m5(
    session: Session, left_out: Values, first_poor: bool
) -> None:
    customer, _ = invoiced(session)
    whole = paying(session, customer, Плательщик1="ООО «Ромашка»")
    files = [whole | left_out, whole]
    for values in files if first_poor else files[::-1]:
        done = taken_in(session, values)
    assert (done.new, done.known) == ((), 1)
    assert len(session.exec(select(BankLine)).all()) == 1
    for values in files:
        assert taken_in(session, values).new == ()


def test_a_line_that_may_be_one_that_came_before_waits_marked_as_such_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    taken_in(session, paying(session, customer, **POOR, Плательщик1="Ромашка ООО"))
    again = paying(session, customer, Плательщик1="ООО «Ромашка»")
    done = taken_in(session, again)
    assert reasons(done) == ["payment_exists"]
    assert session.exec(select(Payment)).all() == []
    assert taken_in(session, again).new == ()


@pytest.mark.parametrize(
    "told",
    [
        {"ПлательщикСчет": "40702810900000000002"},
        {"ПлательщикСчет": "40911810900000000002", "ПлательщикИНН": "7736050003"},
    ],
)
def test_two_payers_of_one_number_day_and_sum_are_two_where_the_file_tells_them_apart_m5(
    session: Session, told: Values
) -> None:
    """Also two people who pay through one account of their bank."""
    customer, _ = invoiced(session)
    through_bank = {"ПлательщикСчет": "40911810900000000002"} if len(told) == 2 else {}
    one, other = paying(session, customer, **through_bank), paying(session, customer, **told)
    assert len(taken_in(session, one, other).new) == 2
    assert taken_in(session, other, one).new == ()
    assert taken_in(session, one).new == ()


def test_two_namesakes_are_not_one_line_that_said_only_their_name_m5(session: Session) -> None:
    customer, _ = invoiced(session)
    name = {"Плательщик1": "Иванов Иван Иванович", "ПлательщикИНН": None, "ПлательщикКПП": None}
    taken_in(session, paying(session, customer, **name, ПлательщикСчет=None))
    accounts = ("40817810900000000001", "40817810900000000002")
    both = [paying(session, customer, **name, ПлательщикСчет=account) for account in accounts]
    done = taken_in(session, *both)
    assert [line.payer_account for line, _ in done.new] == [accounts[1]]


def test_lines_that_were_stored_under_the_keys_of_an_earlier_release_are_known_m5(session: Session) -> None:
    """Their key was the account, also where that is the bank's own."""
    customer, _ = invoiced(session)
    values = paying(session, customer, ПлательщикСчет="40911810900000000002")
    taken_in(session, values)
    lift(session, Rule("append_only", "bank_line"))
    session.connection().exec_driver_sql("UPDATE bank_line SET payer_key = payer_account")
    session.expire_all()
    assert taken_in(session, values).new == ()


@pytest.mark.parametrize("inn", ["77991160AA", "770708389", "77070838931", "7707083893, 7736050003"])
def test_an_inn_that_is_none_is_a_fault_of_its_row_m5(session: Session, inn: str) -> None:
    customer, _ = invoiced(session)
    done = taken_in(session, paying(session, customer, ПлательщикИНН=inn))
    wanted = [] if len(inn) == 9 else [("ПлательщикИНН", inn, "INN_WRONG")]
    assert [(one.column, one.value, one.refusal.code) for one in done.faults] == wanted


def test_many_lines_that_name_many_invoices_by_their_days_are_looked_up_together_m5(session: Session) -> None:
    """More than the terms that SQLite takes in a select, or the depth of its expressions."""
    seller = a_seller(session)
    facts = {"seller_id": seller.id, "account": OURS, "kind": BankLineKind.RECEIVED, "currency": "RUB"}
    days = {"dated_on": date(2026, 10, 5), "booked_on": date(2026, 10, 5)}
    lines = [
        BankLine(
            **facts,
            **days,
            id=place,
            number=str(place),
            amount_minor=100,
            payer_key="",
            purpose=", ".join(f"счет {20 * place + one} от 05.10.2026" for one in range(12)),
        )
        for place in range(1, 101)
    ]
    assert sum(len(read_purpose(one.purpose).dated) for one in lines) == 1200
    assert asked_of(session, lines, {}) == {one.id: [] for one in lines}
