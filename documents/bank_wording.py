"""Why a payment from the bank is put to invoices, or waits for a person, as a sentence in Russian and English (M5)."""

from billing.bank_matching import MatchReason
from documents.words import Language

MATCHES: dict[MatchReason, tuple[str, str]] = {
    MatchReason.NUMBER_AND_SUM: (
        "В назначении назван счёт, и сумма равна остатку по нему.",
        "The purpose names an invoice, and the sum is what it asks for.",
    ),
    MatchReason.SEVERAL_AND_SUM: (
        "В назначении названо несколько счетов, и сумма равна остатку по всем.",
        "The purpose names several invoices, and the sum is what they ask for together.",
    ),
    MatchReason.NUMBER_AND_PART: (
        "В назначении назван счёт, оплачена его часть.",
        "The purpose names an invoice, and a part of it is paid.",
    ),
    MatchReason.NUMBER_AND_MORE: (
        "Названные счета оплачены целиком, лишнее остаётся авансом клиента.",
        "The invoices named are paid in full, and the rest is an advance of the client.",
    ),
    MatchReason.PAYER_AND_SUM: (
        "Счёт не назван, но у этого плательщика есть ровно один счёт на эту сумму.",
        "No invoice is named, but this payer has just one that asks for this sum.",
    ),
    MatchReason.RECORDED_BY_HAND: (
        "Этот платёж уже записан вручную, второй раз он не записывается.",
        "This payment was recorded by hand already and is not recorded again.",
    ),
    MatchReason.PAYER_UNKNOWN: (
        "Плательщик не найден ни по ИНН, ни по счёту. Отнесите платёж к организации клиента или отложите.",
        "The payer is known neither by INN nor by account. Assign the payment to a client's entity, or set it aside.",
    ),
    MatchReason.PAYER_AMBIGUOUS: (
        "Плательщиком может быть не одна организация. Выберите, чей это платёж.",
        "The payer may be more than one entity. Choose whose payment it is.",
    ),
    MatchReason.PAYER_DIFFERS: (
        "Назван счёт другого клиента. Выясните, за кого заплатили.",
        "The invoice named is another client's. Find out for whom it was paid.",
    ),
    MatchReason.INVOICE_UNKNOWN: (
        "Назван счёт, которого нет, или номер не прочитан или стоит не за словом «счёт». Выберите, какой имели в виду.",
        "The invoice named is unknown, or its number is unread, or not behind the word invoice. Choose what was meant.",
    ),
    MatchReason.INVOICE_PAID: (
        "Названный счёт уже оплачен. Выберите другой или оставьте платёж авансом.",
        "The invoice named is paid already. Choose another, or keep the payment as an advance.",
    ),
    MatchReason.CURRENCY_DIFFERS: (
        "Платёж в другой валюте, чем счёт. Выберите счёт в валюте платежа или оставьте платёж авансом.",
        "The payment is in another currency than the invoice. Choose one in its currency, or keep it as an advance.",
    ),
    MatchReason.SUM_DIFFERS: (
        "Названо несколько счетов, а денег меньше, чем по ним осталось. Выберите, какие оплачены.",
        "Several invoices are named, and the money is less than they ask for. Choose which are paid.",
    ),
    MatchReason.SEVERAL_FIT: (
        "На эту сумму у плательщика несколько счетов. Выберите один.",
        "Several invoices of the payer ask for this sum. Choose one.",
    ),
    MatchReason.NOTHING_FITS: (
        "Счёт не назван, и ни один счёт плательщика не на эту сумму. Выберите счета или оставьте платёж авансом.",
        "No invoice is named, and none of the payer asks for this sum. Choose invoices, or keep it as an advance.",
    ),
    MatchReason.PAYMENT_EXISTS: (
        "Платёж с тем же номером, днём и суммой уже пришёл из банка. Проверьте, не повтор ли это.",
        "A payment with the same number, day and sum came from the bank already. Check whether this is a repetition.",
    ),
    MatchReason.TAKEN_BACK: (
        "Банк забрал деньги назад. Отмените платёж, который они составляли, и отложите строку.",
        "The bank took money back. Reverse the payment that it was, and set the line aside.",
    ),
    MatchReason.RETURNED: (
        "Вернулись деньги, которые отправили мы. Отложите строку.",
        "Money that we had sent came back. Set the line aside.",
    ),
}
"""The sentences by reason, in Russian and English."""


def match_text(reason: MatchReason, language: Language) -> str:
    """The sentence of a reason."""
    ru, en = MATCHES[reason]
    return ru if language is Language.RU else en
