"""The general journal as a table in Russian and English."""

from billing.bookkeeping import Sides
from billing.journal import Journal, Operation, Side, Source
from documents.tables import Cell, Table
from documents.words import Language

OPERATIONS = {
    Language.RU: {
        Operation.REVENUE: "Выручка за оказанные услуги",
        Operation.REVENUE_TAX: "НДС с выручки",
        Operation.PAYMENT: "Оплата задолженности",
        Operation.ADVANCE: "Получен аванс",
        Operation.ADVANCE_TAX: "НДС с аванса",
        Operation.OFFSET: "Зачёт аванса",
        Operation.OFFSET_TAX: "Вычет НДС с аванса",
        Operation.CREDIT_KEPT: "Уменьшение засчитано в аванс",
        Operation.ADVANCE_MOVED: "Перенос аванса",
        Operation.ADVANCE_TAX_MOVED: "Перенос НДС с аванса",
        Operation.PAYMENT_BACK: "Возврат оплаты",
        Operation.ADVANCE_BACK: "Возврат аванса",
    },
    Language.EN: {
        Operation.REVENUE: "Revenue for services supplied",
        Operation.REVENUE_TAX: "VAT on revenue",
        Operation.PAYMENT: "Payment of what was owed",
        Operation.ADVANCE: "Advance received",
        Operation.ADVANCE_TAX: "VAT on an advance",
        Operation.OFFSET: "Advance offset",
        Operation.OFFSET_TAX: "VAT on an advance deducted",
        Operation.CREDIT_KEPT: "Credit kept as an advance",
        Operation.ADVANCE_MOVED: "Advance moved",
        Operation.ADVANCE_TAX_MOVED: "VAT on an advance moved",
        Operation.PAYMENT_BACK: "Payment given back",
        Operation.ADVANCE_BACK: "Advance given back",
    },
}
SOURCES = {
    Language.RU: {
        Source.INVOICE: "счёт",
        Source.ACT: "акт",
        Source.CREDIT_NOTE: "корректировочный документ",
        Source.PAYMENT: "платёж",
        Source.PAYMENT_BACK: "возврат платежа",
        Source.PAYMENT_REVERSAL: "отмена платежа",
    },
    Language.EN: {
        Source.INVOICE: "invoice",
        Source.ACT: "act",
        Source.CREDIT_NOTE: "credit note",
        Source.PAYMENT: "payment",
        Source.PAYMENT_BACK: "refund",
        Source.PAYMENT_REVERSAL: "reversed payment",
    },
}
HEADS = {
    Language.RU: (
        "Дата",
        "Дебет",
        "Кредит",
        "Сумма",
        "Валюта",
        "НДС, %",
        "Содержание",
        "Документ",
        "Номер",
        "Договор",
        "Контрагент",
        "ИНН, БИН, УНП, VAT",
        "КПП",
        "Договор по кредиту",
        "Контрагент по кредиту",
        "Ключ",
    ),
    Language.EN: (
        "Date",
        "Debit",
        "Credit",
        "Amount",
        "Currency",
        "VAT, %",
        "Operation",
        "Paper",
        "Number",
        "Contract",
        "Counterparty",
        "INN, BIN, UNP, VAT",
        "KPP",
        "Contract of the credit",
        "Counterparty of the credit",
        "Key",
    ),
}
NAMES = {Language.RU: "Журнал проводок", Language.EN: "Journal"}


def journal_table(made: Journal, sides: Sides, language: Language) -> Table:
    """The entries, one in a row, with their contract and the client's entity; those of the credit where it is
    another's."""
    rows: list[tuple[Cell, ...]] = []
    for one in made.entries:
        side = sides.parties[one.voucher.entity_id]
        paper = (SOURCES[language][one.voucher.source], one.voucher.number, _contract(sides, one.voucher.side))
        other = ("", "") if one.to is None else (_contract(sides, one.to), sides.parties[one.to.entity_id].name)
        told = (one.tax_percent, OPERATIONS[language][one.operation], *paper, side.name, side.inn, side.kpp, *other)
        rows.append((one.on, one.debit, one.credit, one.amount, one.amount.currency, *told, one.key))
    return Table(NAMES[language], HEADS[language], rows)


def _contract(sides: Sides, side: Side) -> str:
    return "" if side.contract_id is None else sides.contracts[side.contract_id]
