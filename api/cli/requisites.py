"""The options that every party has: the requisites of a seller or of a client's entity, described once."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from api.cli.language import Text
from api.cli.values import option

TEXT = Text("текст", "text")
ACCOUNT = Text("счёт", "account")

REQUISITES = {
    "inn": ("--inn", "ИНН, БИН, УНП или номер плательщика НДС", "INN, BIN, UNP or VAT number", Text("ИНН", "INN")),
    "country": ("--country", "страна: RU, KZ, BY, DE…", "country: RU, KZ, BY, DE…", Text("СТРАНА", "COUNTRY")),
    "kpp": ("--kpp", "КПП организации", "KPP of a company", Text("КПП", "KPP")),
    "ogrn": ("--ogrn", "ОГРН или ОГРНИП", "OGRN or OGRNIP", Text("ОГРН", "OGRN")),
    "full_name": ("--full-name", "полное наименование", "full name", TEXT),
    "address": ("--address", "адрес", "address", TEXT),
    "postcode": ("--postcode", "почтовый индекс", "postcode", TEXT),
    "city": ("--city", "город", "city", TEXT),
    "bank_name": ("--bank", "банк", "bank", TEXT),
    "bic": ("--bic", "БИК банка", "BIC of the bank", Text("БИК", "BIC")),
    "bank_account": ("--account", "расчётный счёт, IBAN", "settlement account, IBAN", ACCOUNT),
    "correspondent_account": ("--corr-account", "корреспондентский счёт", "correspondent account", ACCOUNT),
    "signatory_post": ("--signatory-post", "должность подписанта", "post of who signs", TEXT),
    "signatory_name": ("--signatory-name", "кто подписывает", "who signs", TEXT),
    "signatory_basis": ("--signatory-basis", "на основании чего, «Устава»", "on what ground they sign", TEXT),
    "signatory_phrase": ("--signatory-phrase", "преамбула: «в лице …»", "the preamble as it is printed", TEXT),
    "name_en": ("--name-en", "название для английских документов", "name on English papers", TEXT),
    "signatory_name_en": ("--signatory-name-en", "кто подписывает, по-английски", "who signs, in English", TEXT),
    "signatory_post_en": ("--signatory-post-en", "должность по-английски", "post in English", TEXT),
    "signatory_basis_en": ("--signatory-basis-en", "на основании чего, по-английски", "ground in English", TEXT),
    "phone": ("--phone", "телефон", "phone", TEXT),
    "email": ("--email", "электронная почта", "e-mail", TEXT),
}
"""Each requisite: its option, what it is in both languages, and what its value is called."""


CHANGED = {
    "name": ("--name", "новое название", "the new name", TEXT),
    **{name: told for name, told in REQUISITES.items() if name not in ("inn", "country")},
}
"""What of a party can be changed."""


def with_requisites(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each requisite; it gets those that were given as `requisites`."""
    return _with(command, REQUISITES)


def with_changes(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each requisite that can be changed, given as `with_requisites` does."""
    return _with(command, CHANGED)


def _with(command: Callable[..., None], told: dict[str, tuple[str, str, str, Text]]) -> Callable[..., None]:
    signature = inspect.signature(command)
    own = [given for given in signature.parameters.values() if given.name != "requisites"]
    parameters = [*own, *(_parameter(name, *one) for name, one in told.items())]

    @wraps(command)
    def run(**given: Any) -> None:
        requisites = {name: given.pop(name) for name in told}
        command(**given, requisites={name: value for name, value in requisites.items() if value is not None})

    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {given.name: given.annotation for given in parameters}
    return run


def _parameter(name: str, flag: str, ru: str, en: str, metavar: Text) -> inspect.Parameter:
    kind = Annotated[str | None, option(flag, ru, en, metavar=metavar)]
    default = inspect.Parameter.empty if name == "inn" else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
