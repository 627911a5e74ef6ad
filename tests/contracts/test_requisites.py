"""Requisites are checked against their own keys; phones, addresses and texts come to one writing (P7, D4)."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.requisites import (
    normal_domain,
    normal_email,
    normal_phone,
    normal_registration,
    require_account,
    require_any_tax_number,
    require_bank_code,
    require_bic,
    require_correspondent_account,
    require_country,
    require_iban,
    require_inn,
    require_kpp,
    require_ogrn,
    require_tax_number,
    require_text,
    search_key,
)

BIC, BRANCH_BIC = "044525225", "044525000"  # a bank, and the Bank of Russia itself
JUNK = ["", " ", "0", "1e9", "7_707_083_893", "true", "٧٧٠٧٠٨٣٨٩٣", "7707083893\x00", "<b>7707083893</b>", "\ud800"]

ENCODED = "ромашка.рф".encode("idna").decode()


def refused(call: Callable[..., str], *arguments: Any, **more: Any) -> Refusal:
    """The refusal that the call must raise."""
    with pytest.raises(Refusal) as refusal:
        call(*arguments, **more)
    return refusal.value


@pytest.mark.parametrize(
    ("require", "typed", "stored"),
    [
        (require_inn, "7707083893", "7707083893"),
        (require_inn, " 7707 083 893\n", "7707083893"),
        (require_inn, "500100732259", "500100732259"),
        (require_kpp, "773601001", "773601001"),
        (require_kpp, "7736AZ001", "7736AZ001"),
        (require_ogrn, "1027700132195", "1027700132195"),
        (require_ogrn, "304500116000157", "304500116000157"),
        (require_bic, "044525225", BIC),
        (require_bic, "04 4525\u00a0225", BIC),
    ],
)
def test_right_requisites_are_stored_without_spaces(require: Callable[[str], str], typed: str, stored: str) -> None:
    assert require(typed) == stored


@pytest.mark.parametrize(
    ("require", "code", "field", "wrong"),
    [
        (require_inn, "INN_WRONG", "inn", ["7707083894", "500100732258", "770708389", "0000000000", "7707-083893"]),
        (require_kpp, "KPP_WRONG", "kpp", ["77360100", "7736010011", "7736az001", "7736АВ001", "007601001"]),
        (require_ogrn, "OGRN_WRONG", "ogrn", ["1027700132196", "304500116000158", "102770013219", "0" * 13]),
        (require_bic, "BIC_WRONG", "bic", ["144525225", "04452522", "0445252255"]),
    ],
)
def test_wrong_requisites_are_refused_with_field_value_and_what_is_allowed(
    require: Callable[..., str], code: str, field: str, wrong: list[str]
) -> None:
    for value in [*wrong, *JUNK]:
        refusal = refused(require, value)
        shown = value.replace("\ud800", r"\ud800")
        assert (refusal.code, refusal.field, refusal.facts["value"]) == (code, field, shown)
        assert refusal.facts["allowed"]
    assert refused(require, wrong[0], field="seller.number").field == "seller.number"


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_inn_is_found(place: int, shift: int) -> None:
    digits = list("7707083893")
    digits[place] = str((int(digits[place]) + shift) % 10)
    refused(require_inn, "".join(digits))


def test_a_party_is_looked_for_by_the_number_of_any_country() -> None:
    assert require_any_tax_number("971240001315") == "971240001315"
    assert require_any_tax_number("de 136695976") == "DE136695976"
    assert refused(require_any_tax_number, "7707083894").code == "INN_WRONG"


@pytest.mark.parametrize(
    ("require", "value", "code", "field"),
    [
        (lambda value: require_tax_number(value, "KZ"), "971240001316", "TAX_NUMBER_WRONG", "inn"),
        (lambda value: require_tax_number(value, "DE"), "136695976", "TAX_NUMBER_WRONG", "inn"),
        (lambda value: require_tax_number(value, "RU"), "971240001315", "INN_WRONG", "inn"),
        (require_iban, "DE89370400440532013001", "IBAN_WRONG", "bank_account"),
        (require_bank_code, "044525225", "BANK_CODE_WRONG", "bic"),
        (require_country, "US", "PARTY_COUNTRY_UNKNOWN", "country"),
    ],
)
def test_wrong_requisites_of_other_countries_are_refused_with_what_is_allowed(
    require: Callable[[str], str], value: str, code: str, field: str
) -> None:
    refusal = refused(require, value)
    assert (refusal.code, refusal.field, refusal.facts["value"]) == (code, field, value)
    assert refusal.facts["allowed"]


def test_a_settlement_account_fits_its_bank() -> None:
    assert require_account("40702 810 4 3800 0060473", BIC) == "40702810438000060473"
    refusal = refused(require_account, "40702810438000060473", "044525593", field="bank.account")
    assert (refusal.code, refusal.field, refusal.facts["bic"]) == ("ACCOUNT_WRONG", "bank.account", "044525593")


def test_an_account_with_the_bank_of_russia_has_its_own_key() -> None:
    assert require_account("40101810045250010041", BRANCH_BIC) == "40101810045250010041"
    refused(require_account, "40101810045250010041", "044525225")


@pytest.mark.parametrize(
    ("account", "bic"),
    [
        ("30101810400000000225", "044525225"),
        ("30101810200000000593", "044525593"),
        ("30101810145250000974", "044525974"),
        ("30101810500000000653", "044030653"),
    ],
)
def test_a_correspondent_account_fits_its_bank(account: str, bic: str) -> None:
    assert require_correspondent_account(account, bic) == account


@pytest.mark.parametrize(
    "account",
    [
        "30101810200000000593",  # that of another bank of Moscow
        "30101810500000000225",  # a wrong key
        "30202810600000000225",  # a right key, but no correspondent account
        "3010181040000000225",
        *JUNK,
    ],
)
def test_a_correspondent_account_of_another_bank_is_refused(account: str) -> None:
    refusal = refused(require_correspondent_account, account, BIC)
    assert (refusal.code, refusal.field) == ("CORRESPONDENT_ACCOUNT_WRONG", "correspondent_account")


@given(st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_of_an_account_is_found(place: int, shift: int) -> None:
    digits = list("40702810438000060473")
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert refused(require_account, "".join(digits), BIC).code == "ACCOUNT_WRONG"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  ООО «Ромашка» ", "ООО «Ромашка»"),
        ("Семе\u0308нов", "Семёнов"),  # ё out of two characters
        ("Отдел\u00a0продаж", "Отдел\u00a0продаж"),
        ("Семья 👨\u200d👩\u200d👧", "Семья 👨\u200d👩\u200d👧"),
        ("<b>O'Neil & Söhne</b>", "<b>O'Neil & Söhne</b>"),  # escaped where it is printed, stored as it is
        ("я" * 20, "я" * 20),
    ],
)
def test_a_text_is_kept_as_it_was_meant_p7(typed: str, stored: str) -> None:
    assert require_text(typed, "name", 20 if typed[0] == "я" else 40) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "\u200b\ufeff",
        "я" * 21,
        "a\x00b",
        "a\nb",
        "a\tb",
        "a\x1b[31mb",
        "a\u2028b",
        "\u202egnp.exe",
        "a\ud800b",
    ],
)
def test_empty_long_and_controlling_texts_are_refused_p7(text: str) -> None:
    refusal = refused(require_text, text, "name", 20)
    assert (refusal.code, refusal.field) == ("TEXT_WRONG", "name")
    assert str(refusal.facts["allowed"]).startswith("1 to 20 characters")


def test_a_refusal_repeats_only_what_can_be_written_and_read_p7() -> None:
    shown = str(refused(require_text, "a\ud800" + "я" * 1_000_000, "name", 20).facts["value"])
    assert shown.encode()
    assert len(shown) < 200


@pytest.mark.parametrize(
    "typed",
    [
        "+7 495 123-45-67",
        "+74951234567",
        "8 (495) 123-45-67",
        "8-495-123-45-67",
        "84951234567",
        "7 495 1234567",
        "(495) 123 45 67",
        "4951234567",
        "495.123.45.67",
        "007 495 123-45-67",
        "+7 (495) 123–45–67, доб. 12",
        "8 495 123 45 67 ext 305",
        "+7 (495) 123-45-67 (доб. 12)",
        "+7 495 123-45-67 добавочный 1234",
        "84951234567 вн.12",
        "8 (495) 123-45-67 внутренний: 12",
        "84951234567#12",
        "+7-495-123-45-67;ext=12",
        "+74951234567 x 12",
        "тел.: 8 (495) 123-45-67",
        "tel:+7-495-123-45-67",
        "8 (495) 123/45/67",
        "7(495)123−45‒67",
        "\u00a08 495\u00a0123\u201145\u201167 ",
        "т. 8 (495) 123-45-67",
        "тел./факс: (495) 123-45-67",
        "моб. тел. +7 495 123-45-67",
        "сот. 8 495 123-45-67",
        "раб. 8 495 123-45-67",
        "8 495 123-45-67 доб. 12.",
        "8 495 123-45-67 (доб. 12.)",
        "8 495 123-45-67 (доб. 12).",
        "+7 495 123-45-67 (добавочный номер 12)",
        "8 495 123 45 67 д. 12",
        "\u202a+7 495 123-45-67\u202c",
        "\u202d8 (495) 123-45-67\u202c",
        "\u200e+7 495 123-45-67",
    ],
)
def test_every_russian_writing_of_a_phone_is_one_number_d4(typed: str) -> None:
    assert normal_phone(typed) == "+74951234567"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+7 701 234-56-78", "+77012345678"),
        ("8 800 555-35-35", "+78005553535"),
        ("8 (727) 250-12-34", "+77272501234"),
        ("8 701 234 56 78", "+77012345678"),
        *((typed, "+375291234567") for typed in ("+375 29 123-45-67", "375 29 123 45 67", "375291234567")),
        *((typed, "+375291234567") for typed in ("8 (029) 123-45-67", "80291234567", "8 029 123-45-67 доб. 5")),
        *((typed, "+375291234567") for typed in ("8 10 375 29 123-45-67", "00375 29 1234567")),
        *((typed, "+375171234567") for typed in ("8 017 123-45-67", "8 (017) 123-45-67", "+375 17 123-45-67")),
        ("+86 10 1234 5678", "+861012345678"),
        ("8 10 49 30 1234567", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
    ],
)
def test_a_phone_of_another_country_keeps_its_code_d4(typed: str, stored: str) -> None:
    assert normal_phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        *((typed, "800000003") for typed in ("800000003", " 800 000 003 ", "№800000003", "№ 800000003", "N 800000003")),
        ("SN-12 A", "SN-12 A"),
        ("N12-3", "N12-3"),
        ("800-000-003", "800-000-003"),
        ("№", "№"),
        ("№ 7 A", "№ 7 A"),
        ("", ""),
        ("٣٣٣", "٣٣٣"),
    ],
)
def test_a_registration_number_of_digits_has_one_writing(typed: str, stored: str) -> None:
    assert normal_registration(typed) == stored
    assert normal_registration(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "112",
            "123-45-67",
            "8 095",
            "+1 234",
            "+7 495 123-45-6",
            "+7 495 123-45-678",
            "+0 12345678",
            "+" + "9" * 16,
        ),
        *(
            "8 495 123 45 6a",
            "доб. 12",
            "8 495 123-45-67 или 68",
            "тел.",
            "+7 (495) 123-45-67; 765-43-21",
            "1e10",
            "1_000_000_000",
            "true",
            "٤٩٥١٢٣٤٥٦٧",
            "8" + " " * 99 + "4951234567",
        ),
        *("+8 495 123-45-67", "+84951234567", "8 10 8 495 123-45-67", "+8 (800) 555-35-35", "+8 029 123-45-67"),
        *("8 (029) 123-45-678", "375 29 123 45 678", "0 29 123-45-67", "8 495 123-45-67 д.", "8 495 123-45-67 дом 12"),
        *("\u202e8 495 123-45-67", "факс", "т" * 100, "доб" * 33, "моб." * 25),
    ],
)
def test_what_is_no_phone_is_refused_d4(text: str) -> None:
    refusal = refused(normal_phone, text)
    assert (refusal.code, refusal.field) == ("PHONE_WRONG", "phone")


@given(st.text("0123456789+() -.тдобел\u202a", max_size=40))
def test_a_phone_in_its_one_writing_is_left_as_it_is_d4(typed: str) -> None:
    with suppress(Refusal):
        stored = normal_phone(typed)
        assert re.fullmatch(r"\+[0-9]{8,15}", stored)
        assert normal_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Buh@Example.ORG", "buh@example.org"),
        (" first.last+tag@sub.example.co ", "first.last+tag@sub.example.co"),
        ("Почта@Пример.рф", "почта@пример.рф"),
        (f"Anna@{ENCODED}", "anna@ромашка.рф"),
        (f"anna@spb.{ENCODED.upper()}", "anna@spb.ромашка.рф"),
        *((address, address) for address in ("a@xn--strae-oqa.de", "a@xn--ls8h.example", "a@xn--a.example")),
    ],
)
def test_two_writings_of_an_address_are_one_d4(typed: str, stored: str) -> None:
    assert normal_email(typed) == stored
    assert normal_email(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "a@",
            "@b.ru",
            "a@b",
            "a@b..ru",
            "a@.ru",
            "a@-b.ru",
            "a@b-.ru",
            "a@127.0.0.1",
            "a@" + "b" * 64 + ".ru",
        ),
        *(".a@b.ru", "a.@b.ru", "a..b@b.ru", "a@b@c.ru", "a b@c.ru", "<a@b.ru>", "a\x00@b.ru", "a" * 250 + "@b.ru"),
        "a@b.ru\nBcc: x@y.ru",
    ],
)
def test_what_is_no_address_is_refused_d4(text: str) -> None:
    refusal = refused(normal_email, text)
    assert (refusal.code, refusal.field) == ("EMAIL_WRONG", "email")


def test_a_search_finds_a_name_in_any_writing() -> None:
    keys = {search_key(text) for text in ("Семёнов  Пётр", " СЕМЕНОВ\u00a0ПЕТР\n", "семе\u0308нов петр")}
    assert keys == {"семенов петр"}


@pytest.mark.parametrize(
    "typed",
    [
        "ромашка.рф",
        "@ромашка.рф",
        " РОМАШКА.РФ ",
        "ромашка.рф.",
        ENCODED,
        ENCODED.upper(),
    ],
)
def test_every_writing_of_a_mail_domain_is_one_d4(typed: str) -> None:
    assert normal_domain(typed) == "ромашка.рф"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "romashka",
        "a@romashka.ru",
        "-a.ru",
        "a..ru",
        "a.1",
        "10.0.0.1",
        "a b.ru",
        "xn--\u0130.ru",
        "x." * 130 + "ru",
    ],
)
def test_what_is_no_mail_domain_is_refused_d4(text: str) -> None:
    refusal = refused(normal_domain, text)
    assert (refusal.code, refusal.field) == ("DOMAIN_WRONG", "domain")
