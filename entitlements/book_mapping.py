"""Which column of a book of business means what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.errors import Refusal
from contracts.file_mapping import FileMapping

USUAL_HEADS: dict[str, tuple[str, ...]] = {
    "client": ("client", "client name", "customer", "клиент", "заказчик", "контрагент", "наименование"),
    "external_id": ("client id", "client key", "external id", "код клиента", "код контрагента", "код"),
    "language": ("language", "язык"),
    "domain": ("domain", "mail domain", "домен", "почтовый домен"),
    "entity": ("entity", "legal entity", "company", "организация", "юрлицо", "юридическое лицо"),
    "full_name": ("full name", "полное наименование"),
    "country": ("country", "страна"),
    "inn": ("inn", "инн", "бин", "унп", "vat number"),
    "kpp": ("kpp", "кпп"),
    "ogrn": ("ogrn", "огрн", "огрнип"),
    "address": ("address", "адрес", "юридический адрес"),
    "postcode": ("postcode", "postal code", "индекс", "почтовый индекс"),
    "city": ("city", "город"),
    "bank_name": ("bank name", "bank", "банк"),
    "bic": ("bic", "бик", "swift"),
    "bank_account": ("bank account", "расчетный счет", "р/с", "iban"),
    "correspondent_account": ("correspondent account", "корреспондентский счет", "к/с"),
    "signatory_post": ("signatory post", "должность подписанта", "должность руководителя"),
    "signatory_name": ("signatory name", "подписант", "руководитель"),
    "signatory_basis": ("signatory basis", "основание", "действует на основании"),
    "signatory_phrase": ("signatory phrase", "в лице"),
    "name_en": ("name en", "название по-английски"),
    "signatory_name_en": ("signatory name en", "подписант по-английски"),
    "signatory_post_en": ("signatory post en", "должность по-английски"),
    "signatory_basis_en": ("signatory basis en", "основание по-английски"),
    "entity_phone": ("entity phone", "телефон организации"),
    "entity_email": ("entity email", "почта организации"),
    "contact": ("contact", "contact name", "контакт", "контактное лицо", "фио"),
    "email": ("email", "e-mail", "почта", "электронная почта"),
    "phone": ("phone", "телефон", "тел"),
    "registration": ("registration", "registration number", "регистрационный номер", "рег. номер", "рег номер"),
    "product": ("product", "program", "программа", "продукт", "конфигурация"),
    "purchase": ("purchase", "покупка", "вид покупки"),
    "bought_on": ("bought on", "дата покупки", "куплена"),
    "surrendered_on": ("surrendered on", "сдана", "дата сдачи"),
    "free_from": ("free from", "бесплатно с", "льготный период с"),
    "free_until": ("free until", "бесплатно по", "льготный период по"),
    "seller": ("seller", "продавец"),
    "contract": ("contract", "contract number", "договор", "номер договора"),
    "signed_on": ("signed on", "contract date", "дата договора"),
    "subscription": ("subscription", "subscription key", "подписка", "код подписки"),
    "renews": ("renews", "продлевает"),
    "plan": ("plan", "тариф", "вид итс"),
    "plan_version": ("plan version", "версия тарифа"),
    "starts_on": ("starts on", "start", "from", "начало", "дата начала", "действует с"),
    "last_day": ("last day", "until", "end", "окончание", "дата окончания", "действует по", "последний день"),
    "months": ("months", "term", "срок", "месяцев"),
    "price": ("price", "amount", "цена", "сумма", "стоимость"),
    "currency": ("currency", "валюта"),
    "hours_left": ("hours left", "balance", "остаток часов", "остаток"),
    "hours_until": ("hours until", "часы до", "остаток действует по"),
}
"""What can be read of a book, and the heads by which its column is known when none is given."""

NUMBERS = ("registration", "contract", "external_id", "subscription")
"""What may have lost zeros before it, so that it can be given its digits again."""


@dataclass(frozen=True, slots=True)
class BookMapping(FileMapping):
    """How a book is to be read.

    `digits` says how many digits a number has: where a spreadsheet program took the zeros before it, they come back.
    """

    digits: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.require_fields(USUAL_HEADS)
        for name in self.digits:
            if name not in NUMBERS:
                raise Refusal("MAPPING_WRONG", field="digits", value=name, allowed=list(NUMBERS))
