"""Names, posts and grounds on English papers, where nobody gave English ones (P3)."""

import pytest

from documents.english_names import english_ground, english_organisation, english_person, english_post


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ООО «Северный ветер»", "Severnyi veter LLC"),
        ("Общество с ограниченной ответственностью «Меридиан-Сервис»", "Meridian-Servis LLC"),
        ("Ромашка ООО", "Romashka LLC"),
        ("ПАО «ХЛЕБОЗАВОД № 4»", "KHLEBOZAVOD No. 4 PJSC"),
        ("НАО «Щит»", "Shchit JSC"),
        ("Непубличное акционерное общество «Щит»", "Shchit JSC"),
        ("ЗАО \"ТД 'Юг'\"", "TD 'Iug' CJSC"),
        ("АО «1С-Софт»", "1S-Soft JSC"),
        ("ООО «ТД „Ромашка“»", "TD Romashka LLC"),
        ("ТОО «Астана-Софт»", "Astana-Soft LLP"),
        ("ОДО «Белый аист»", "Belyi aist ALC"),
        ("ИП Кравцов Пётр Ильич", "Sole trader Kravtsov Petr Ilich"),
        ("Индивидуальный предприниматель Щукин Иван Юрьевич", "Sole trader Shchukin Ivan Iurevich"),
        ("ФГУП «Почта»", "FGUP Pochta"),  # a form that the table does not have
        ("ООО «Ооомега»", "Ooomega LLC"),
        ("Аошка", "Aoshka"),
        ("ТОО «Қазақ»", ""),  # letters that the standard does not name: the name stays as it is
        ("Meridian Service GmbH", ""),
    ],
)
def test_the_form_is_translated_and_the_rest_is_written_as_in_passports_p3(name: str, said: str) -> None:
    assert english_organisation(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Мартынюк Наталья Александровна", "Martyniuk Natalia Aleksandrovna"),
        ("ЩУКИН Фёдор Яковлевич", "SHCHUKIN Fedor Iakovlevich"),
        ("Дёмин О. В.", "Demin O. V."),
        ("Подъячев Цыбух Эзра", "Podieiachev Tsybukh Ezra"),
        ("Ө. Әбілов", ""),
        ("Martin Hale", ""),
    ],
)
def test_a_person_is_written_as_in_a_passport_p3(name: str, said: str) -> None:
    assert english_person(name) == said


@pytest.mark.parametrize(
    ("said", "of", "english"),
    [
        (english_post, "Генеральный директор", "General Director"),
        (english_post, "директор", "Director"),
        (english_post, "Заведующая складом", ""),
        (english_ground, "Устава", "the Charter"),
        (english_ground, "Устав", "the Charter"),
        (english_ground, "доверенности № 7 от 12.01.2026", "power of attorney No. 7 of 12.01.2026"),
        (english_ground, "Доверенность от 12.01.2026 г.", "power of attorney of 12.01.2026"),
        (english_ground, "Положения о филиале", ""),
    ],
)
def test_a_post_or_ground_that_no_table_has_stays_as_it_is_p3(said: object, of: str, english: str) -> None:
    assert callable(said)
    assert said(of) == english
