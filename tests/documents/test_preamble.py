"""Who acts for a party: one phrase for each kind of signatory, printed only when it is certain or approved (P3)."""

from typing import Any

import pytest

from contracts.parties import Entity
from documents.preamble import preamble_of

COMPANY = {"name": "ООО «Север»", "full_name": "Общество с ограниченной ответственностью «Север»", "inn": "7799116056"}
TRADER = {"name": "ИП Щукина В. Ю.", "full_name": "Индивидуальный предприниматель Щукина Валерия Юрьевна"}
TRADER |= {"inn": "509912003440"}
WOMAN, MAN = "Мартынюк Наталья Александровна", "Дёмин Олег Викторович"


def party(given: dict[str, str], name: str, post: str = "", basis: str = "", **more: Any) -> Entity:
    """A party with who signs for it."""
    return Entity(client_id=1, **given, signatory_name=name, signatory_post=post, signatory_basis=basis, **more)


@pytest.mark.parametrize(
    ("who", "phrase"),
    [
        (
            party(COMPANY, WOMAN, "Директор", "Устав"),
            "в лице директора Мартынюк Натальи Александровны, действующей на основании Устава",
        ),
        (
            party(COMPANY, MAN, "Директор по развитию", "Доверенность № 7 от 12.01.2026"),
            "в лице директора по развитию Дёмина Олега Викторовича, "
            "действующего на основании доверенности № 7 от 12.01.2026",
        ),
        (party(COMPANY, MAN, basis="Устава"), "в лице Дёмина Олега Викторовича, действующего на основании Устава"),
        (
            party(COMPANY, "Управляющая компания «Юг»", "Управляющая организация", "Договора № 3"),
            "в лице управляющей организации Управляющей компании «Юг», действующей на основании договора № 3",
        ),
        (
            party(COMPANY, WOMAN, "И.О. ДИРЕКТОРА", "Устав и доверенность № 7"),
            "в лице и. о. директора Мартынюк Натальи Александровны, действующей на основании Устава и доверенности № 7",
        ),
        (
            party(COMPANY, "АНО «Друг»", "", "Устава"),
            "в лице АНО «Друг», действующей на основании Устава",
        ),
        (party(TRADER, "Щукина Валерия Юрьевна"), ""),
        (
            party(TRADER, "Щукина Валерия Юрьевна", basis="Свидетельство № 1"),
            "действующая на основании свидетельства № 1",
        ),
        (
            party(TRADER, MAN, "Представитель", "Доверенности № 2"),
            "в лице представителя Дёмина Олега Викторовича, действующего на основании доверенности № 2",
        ),
        (party(COMPANY, ""), ""),
    ],
)
def test_each_kind_of_signatory_has_its_phrase_p3(who: Entity, phrase: str) -> None:
    preamble = preamble_of(who)
    assert (preamble.phrase, preamble.printed, preamble.doubts) == (phrase, phrase, ())


@pytest.mark.parametrize(
    ("who", "doubts"),
    [
        (party(COMPANY, "Заяц Иван Петрович", "Директор", "Устава"), ("Заяц",)),
        (party(COMPANY, MAN, "Тимлид", "Устава"), ("тимлид",)),
        (party(COMPANY, MAN, "Директор"), ("signatory_basis",)),
        (party(COMPANY, MAN, "Директор", "Charter"), ("Charter",)),
        (party(COMPANY, "Дёмин Мария Петровна", "Директор", "Устава"), ("Дёмин Мария Петровна",)),
        (party(COMPANY, MAN, "Заведующая аптекой", "Устава"), ("Заведующая аптекой",)),
        (party(COMPANY, MAN, "И.О. директор", "Устава"), ("И.О. директор",)),
        (party(COMPANY, MAN, "Директор или заместитель", "Устава"), ("директор или заместитель",)),
        (party(COMPANY, MAN, "Директор", "Устав и закон"), ("Устав и закон",)),
        (party(COMPANY, "Сафина Айгуль Рашитовна", "Директор", "Устава"), ("Айгуль",)),
        (party(COMPANY, "ИП «А»", "Управляющий", "Устава"), ("ИП «А»",)),
        (party(TRADER, "Щукин Валерия Юрьевна", basis="Свидетельства"), ("Щукин Валерия Юрьевна",)),
        (party(TRADER, "Щукина В. Ю.", basis="Свидетельства"), ("Щукина В. Ю.",)),
        (party(TRADER, "Щукин Иван Юрьевич"), ("signatory_basis",)),
    ],
)
def test_what_is_doubtful_is_named_and_not_printed_p3(who: Entity, doubts: tuple[str, ...]) -> None:
    preamble = preamble_of(who)
    assert (preamble.doubts, preamble.printed) == (doubts, "")
    assert preamble.phrase


def test_a_stored_phrase_always_wins_p3() -> None:
    own = "в лице директора Зайца Ивана Петровича, действующего на основании Устава"
    preamble = preamble_of(party(COMPANY, MAN, "Директор", "Устава", signatory_phrase=own))
    assert (preamble.printed, preamble.approved) == (own, True)
