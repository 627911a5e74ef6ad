"""Requisites and addresses of parties: what is typed is checked against its own keys and brought to one writing."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from stdnum.ru import ogrn

from contracts.countries import COUNTRIES, HOME, account_number, bank_code, tax_number, tax_number_form
from contracts.errors import Refusal
from contracts.phone_numbers import phone_number

LONGEST_DOMAIN = 253  # characters that the names of the Internet may have
LONGEST_WORD = 60  # letters of a word of a name that are kept to find it by
SHOWN = 100  # characters of a wrong value that a refusal repeats; no phone is longer
BANK_OF_RUSSIA = ("000", "001", "002")  # ends of the BIC of its own branches
TURNS_TEXT_ROUND = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
DOMAIN = re.compile(rf"(?:{LABEL}\.)+(?!\d){LABEL}")
EMAIL = re.compile(rf"{ATOM}(?:\.{ATOM})*@{DOMAIN.pattern}")


def require_inn(value: str, field: str = "inn") -> str:
    """The INN of a company (10 digits) or a person (12), its check digits right; else `Refusal("INN_WRONG")`."""
    number = tax_number(value, HOME)
    if number is None:
        raise _refusal("INN_WRONG", field, value, tax_number_form(HOME))
    return number


def require_country(value: str, field: str = "country") -> str:
    """The code of a country whose parties are known here; else `Refusal("PARTY_COUNTRY_UNKNOWN")`."""
    if value not in COUNTRIES:
        raise Refusal("PARTY_COUNTRY_UNKNOWN", field=field, value=value[:SHOWN], allowed=list(COUNTRIES))
    return value


def require_tax_number(value: str, country: str, field: str = "inn") -> str:
    """The number of a taxpayer of the country: ИНН, БИН or ИИН, УНП, VAT number; else INN_WRONG or TAX_NUMBER_WRONG."""
    if country == HOME:
        return require_inn(value, field)
    number = tax_number(value, country)
    if number is None:
        raise _refusal("TAX_NUMBER_WRONG", field, value, tax_number_form(country), country=country)
    return number


def require_any_tax_number(value: str, field: str = "inn") -> str:
    """The number by which a party is looked for, of whatever country; else `Refusal("INN_WRONG")`."""
    found = (tax_number(value, country) for country in (HOME, *COUNTRIES))
    return next(filter(None, found), None) or require_inn(value, field)


def require_kpp(value: str, field: str = "kpp") -> str:
    """The KPP: tax office, two digits or letters for the reason, number; else `Refusal("KPP_WRONG")`. It has no key."""
    number = _without_spaces(value)
    if not re.fullmatch(r"(?!00)[0-9]{4}[0-9A-Z]{2}[0-9]{3}", number):
        raise _refusal("KPP_WRONG", field, value, "9 characters: 4 digits, 2 digits or capital letters, 3 digits")
    return number


def require_ogrn(value: str, field: str = "ogrn") -> str:
    """The OGRN of a company (13 digits) or OGRNIP of a sole trader (15), with its key; else `Refusal("OGRN_WRONG")`."""
    number = _without_spaces(value)
    if not re.fullmatch(r"[0-9]+", number) or not ogrn.is_valid(number):
        raise _refusal("OGRN_WRONG", field, value, "13 or 15 digits with a right check digit")
    return number


def require_bic(value: str, field: str = "bic") -> str:
    """The BIC of a bank in Russia; else `Refusal("BIC_WRONG")`."""
    number = _without_spaces(value)
    if not re.fullmatch(r"04[0-9]{7}", number):
        raise _refusal("BIC_WRONG", field, value, "9 digits that begin with 04")
    return number


def require_account(value: str, bic: str, field: str = "account") -> str:
    """The settlement account, its key right for the bank of `bic`; else `Refusal("ACCOUNT_WRONG")`."""
    number = _without_spaces(value)
    bank = _branch(bic) if bic.endswith(BANK_OF_RUSSIA) else bic[-3:]
    if not _has_key(bank, number):
        raise _refusal("ACCOUNT_WRONG", field, value, "20 digits with a right key for the BIC", bic=bic)
    return number


def require_correspondent_account(value: str, bic: str, field: str = "correspondent_account") -> str:
    """The bank's account with the Bank of Russia, 301… and the end of `bic`; else CORRESPONDENT_ACCOUNT_WRONG."""
    number = _without_spaces(value)
    if not (number.startswith("301") and number.endswith(bic[-3:]) and _has_key(_branch(bic), number)):
        allowed = f"20 digits that begin with 301, end with {bic[-3:]} and have a right key for the BIC"
        raise _refusal("CORRESPONDENT_ACCOUNT_WRONG", field, value, allowed, bic=bic)
    return number


def require_iban(value: str, field: str = "bank_account") -> str:
    """The account at a bank outside Russia; else `Refusal("IBAN_WRONG")`."""
    number = account_number(value)
    if number is None:
        raise _refusal("IBAN_WRONG", field, value, "an IBAN with right check digits")
    return number


def require_bank_code(value: str, field: str = "bic") -> str:
    """The BIC of a bank outside Russia; else `Refusal("BANK_CODE_WRONG")`."""
    code = bank_code(value)
    if code is None:
        raise _refusal("BANK_CODE_WRONG", field, value, "8 or 11 letters and digits, as DEUTDEFF")
    return code


def require_text(value: str, field: str, longest: int) -> str:
    """One line of text without outer spaces, of 1 to `longest` characters; else `Refusal("TEXT_WRONG")`.

    Refuses control characters, line breaks, halves of characters and marks that turn the order of the text round.
    """
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > longest or not any(map(_leaves_a_mark, text)) or any(map(breaks_the_line, text)):
        raise _refusal("TEXT_WRONG", field, value, f"1 to {longest} characters, no control characters")
    return text


def require_english(value: str, field: str, longest: int) -> str:
    """One line of text as `require_text`, without Cyrillic letters; else `Refusal("TEXT_WRONG")`."""
    text = require_text(value, field, longest)
    if re.search("[\u0400-\u052f]", text):
        raise _refusal("TEXT_WRONG", field, value, "Latin letters")
    return text


def normal_phone(text: str, field: str = "phone") -> str:
    """The `phone_number` as it is stored; else `Refusal("PHONE_WRONG")`."""
    number = phone_number(text) if len(text) <= SHOWN else None
    if number is None:
        raise _refusal("PHONE_WRONG", field, text, "+7 495 123-45-67")
    return number


def normal_registration(text: str) -> str:
    """A registration number as it is kept: digits without spaces and without № or N before them, others as written."""
    written = unicodedata.normalize("NFC", text).strip()
    digits = re.fullmatch(r"[№N]?([\s0-9]+)", written)
    return _without_spaces(digits[1]) if digits else written


def require_registration(value: str, field: str = "registration_number") -> str:
    """A registration number in its `normal_registration`; else `Refusal("TEXT_WRONG")`."""
    return normal_registration(require_text(value, field, 40))


def normal_email(text: str, field: str = "email") -> str:
    """The address in `one_writing`; else `Refusal("EMAIL_WRONG")`."""
    address = one_writing(text)
    if len(address) > 254 or not EMAIL.fullmatch(address):
        raise _refusal("EMAIL_WRONG", field, text, "name@example.org")
    return address


def one_writing(address: str) -> str:
    """An address of mail in one case and its domain in readable letters, whatever else is wrong with it.

    "anna@xn--80aaa0cvac.xn--p1ai" and its Cyrillic writing are one; a domain that has no readable letters stays.
    """
    written = unicodedata.normalize("NFC", address).strip().casefold()
    name, at, domain = written.rpartition("@")
    with suppress(UnicodeError):
        readable = domain.encode("idna").decode("idna") if len(domain) <= LONGEST_DOMAIN else ""
        if DOMAIN.fullmatch(readable):
            return f"{name}{at}{readable}"
    return written


def normal_contact(email: str | None, phone: str | None) -> tuple[str, ...]:
    """The addresses that are given of a person who asks, as they are stored; else EMAIL_WRONG or PHONE_WRONG."""
    emails = () if email is None else (normal_email(email, "contact.email"),)
    return emails if phone is None else (*emails, normal_phone(phone, "contact.phone"))


def normal_domain(text: str, field: str = "domain") -> str:
    """The domain of mail addresses in one case and in readable letters, with or without its @; else DOMAIN_WRONG.

    "xn--80aaa0cvac.xn--p1ai" and its Cyrillic writing are one domain.
    """
    domain = unicodedata.normalize("NFC", text).strip().removeprefix("@").removesuffix(".").casefold()
    if len(domain) <= LONGEST_DOMAIN and DOMAIN.fullmatch(domain):
        with suppress(UnicodeError):
            return domain.encode("idna").decode("idna")
    raise _refusal("DOMAIN_WRONG", field, text, "example.org")


def search_key(text: str) -> str:
    """The text as it is searched and sorted on every database: one case, ё as е, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("ё", "е").split())


def search_words(text: str) -> list[str]:
    """The words of a text as they are searched, each once: "ООО «Ёлка-Сервис»" has ооо, елка and сервис."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in re.findall(r"\w+", search_key(text))))


def checked_requisites(given: Mapping[str, str]) -> dict[str, Any]:
    """The requisites of a party in their normal form, by the rules of its `country`, Russia unless it is given.

    `name` and `inn` are required, the rest is checked where given; in Russia account keys are checked with the BIC.
    Raises the refusals of each, and `Refusal("FIELD_UNKNOWN")` for any other field, also for a KPP, an OGRN or a
    correspondent account outside Russia.
    """
    country = require_country(given.get("country") or HOME)
    fine = {"country": country, "name": require_text(given.get("name", ""), "name", 300)}
    fine["inn"] = require_tax_number(given.get("inn", ""), country)
    fine["full_name"] = require_text(given.get("full_name") or given["name"], "full_name", 1000)
    rules = _rules(given, country)
    for name, value in given.items():
        if name in fine or not value:
            continue
        if name not in rules:
            raise Refusal("FIELD_UNKNOWN", field=name, value=value, allowed=[*fine, *rules])
        fine[name] = rules[name](value, name)
    return fine


def _rules(given: Mapping[str, str], country: str) -> dict[str, Callable[[str, str], str]]:
    """What is checked of the requisites that a party of the country may have besides its names and its number."""
    rules: dict[str, Callable[[str, str], str]] = {"email": normal_email, "phone": normal_phone}
    rules |= {name: partial(require_text, longest=longest) for name, longest in PRINTED.items()}
    rules |= {name: partial(require_english, longest=longest) for name, longest in ENGLISH.items()}
    if country != HOME:
        return rules | {"bank_account": require_iban, "bic": require_bank_code}

    def with_bank(value: str, name: str) -> str:
        check = require_account if name == "bank_account" else require_correspondent_account
        return check(value, require_bic(given.get("bic", "")), name)

    rules |= {"kpp": require_kpp, "ogrn": require_ogrn, "bic": require_bic}
    return rules | {"bank_account": with_bank, "correspondent_account": with_bank}


PRINTED = {
    "address": 1000,
    "postcode": 20,
    "city": 100,
    "bank_name": 300,
    "signatory_post": 200,
    "signatory_name": 200,
    "signatory_basis": 200,
    "signatory_phrase": 600,
}
"""Requisites that are free text, with their longest length in characters."""
ENGLISH = {"name_en": 300, "signatory_name_en": 200, "signatory_post_en": 200, "signatory_basis_en": 200}
"""What English papers say instead of the name and who signs, with its longest length in characters."""


def _without_spaces(value: str) -> str:
    return re.sub(r"\s", "", value)


def _branch(bic: str) -> str:
    """What the Bank of Russia's branch of a BIC adds to an account when its key is computed."""
    return f"0{bic[4:6]}"


def _has_key(bank: str, account: str) -> bool:
    """Whether 20 digits, after the three of the bank, weigh a multiple of ten with the weights 7-1-3."""
    if not re.fullmatch(r"[0-9]{20}", account):
        return False
    return sum(int(digit) * (7, 1, 3)[place % 3] for place, digit in enumerate(bank + account)) % 10 == 0


def _leaves_a_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"


def breaks_the_line(character: str) -> bool:
    """Whether a character is a control character, a line break, half a character, or turns the text round."""
    control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return control or unicodedata.bidirectional(character) in TURNS_TEXT_ROUND


def _refusal(code: str, field: str, value: str, allowed: str, **facts: object) -> Refusal:
    """The refusal with the value short enough to repeat, and writable wherever it goes."""
    shown = value[:SHOWN].encode(errors="backslashreplace").decode()
    return Refusal(code, field=field, value=shown, allowed=allowed, **facts)
