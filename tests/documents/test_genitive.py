"""The genitive of names, posts, organisations and grounds; nothing is wrong without being flagged (P3)."""

import subprocess
import sys

import pytest

from documents.genitive import (
    genitive_of_ground,
    genitive_of_organisation,
    genitive_of_person,
    genitive_of_post,
    is_organisation,
)

CERTAIN_NAMES = """
Мартынюк Наталья Александровна = Мартынюк Натальи Александровны
Дёмин Олег Викторович = Дёмина Олега Викторовича
Шевченко Тарас Ильич = Шевченко Тараса Ильича
Шевченко Анна Ильинична = Шевченко Анны Ильиничны
Черных Пётр Львович = Черных Петра Львовича
Седых Ольга Львовна = Седых Ольги Львовны
Ким Сергей Иванович = Кима Сергея Ивановича
Ким Анна Ивановна = Ким Анны Ивановны
Ли Виктор Павлович = Ли Виктора Павловича
Гоголь Мария Николаевна = Гоголь Марии Николаевны
Петров-Водкин Кузьма Сергеевич = Петрова-Водкина Кузьмы Сергеевича
Сухово-Кобылин Лев Фомич = Сухово-Кобылина Льва Фомича
Бонч-Бруевич Владимир Дмитриевич = Бонч-Бруевича Владимира Дмитриевича
Римская-Корсакова Вера Илларионовна = Римской-Корсаковой Веры Илларионовны
Тер-Петросян Левон Акопович = Тер-Петросяна Левона Акоповича
Миллер Генрих Карлович = Миллера Генриха Карловича
Миллер Эльза Карловна = Миллер Эльзы Карловны
Гейне Отто Карлович = Гейне Отто Карловича
Кравец Илья Ильич = Кравца Ильи Ильича
Швец Павел Игоревич = Швеца Павла Игоревича
Живаго Любовь Андреевна = Живаго Любови Андреевны
Дюма Александр Петрович = Дюма Александра Петровича
Окуджава Булат Шалвович = Окуджавы Булата Шалвовича
Толстой Никита Ильич = Толстого Никиты Ильича
Островская Дарья Ильинична = Островской Дарьи Ильиничны
Ткач Роза Марковна = Ткач Розы Марковны
Мустафаев Рустам Аскер оглы = Мустафаева Рустама Аскер оглы
Алиева Лейла Гейдар кызы = Алиевой Лейлы Гейдар кызы
Семенов Семен Семенович = Семенова Семена Семеновича
Наталия Игоревна Бабич = Наталии Игоревны Бабич
Рассветов Илья Олегович = Рассветова Ильи Олеговича
Иглина Софья Андреевна = Иглиной Софьи Андреевны
Анна Белова = Анны Беловой
Шуфутинский Михаил Захарович = Шуфутинского Михаила Захаровича
"""
FLAGGED_NAMES = """
Заяц Иван Петрович; Орёл Павел Ильич; Лев Борис Борисович; Воробей Никита Фомич; Козел Макар Макарович
Сова Анна Ильинична; Смородина Анна Ильинична; Корова Яна Яновна; Красавин-Лев Илья Ильич
Соловей Фёдор Кузьмич; Груша Олег Олегович; Белая Нина Фоминична; Кузьмич Илья Лукич; Нгуен Ван Хыонг
Полторацкий Ждан Всеволодович; Мартин Хейл; Martin Hale; Иванов И. И.; Белов Саша; ИВАНОВ Иван Иванович; Иванов
"""
CERTAIN_POSTS = """
Генеральный директор = генерального директора
Директор по развитию = директора по развитию
Директор филиала в г. Казани = директора филиала в г. Казани
Заместитель директора = заместителя директора
Первый заместитель генерального директора = первого заместителя генерального директора
Исполняющий обязанности директора = исполняющего обязанности директора
Временно исполняющая обязанности директора = временно исполняющей обязанности директора
И. о. директора = и. о. директора
Врио генерального директора = врио генерального директора
Управляющий = управляющего
Управляющий директор = управляющего директора
Заведующая аптекой = заведующей аптекой
Глава = главы
Староста = старосты
Председатель правления = председателя правления
Вице-президент = вице-президента
Член правления = члена правления
Директор по развитию и сопровождению = директора по развитию и сопровождению
Учёный секретарь = учёного секретаря
Доверенное лицо = доверенного лица
Конкурсный управляющий = конкурсного управляющего
Старший менеджер по работе с клиентами = старшего менеджера по работе с клиентами
Руководитель отдела сопровождения = руководителя отдела сопровождения
Единственный учредитель = единственного учредителя
Главный бухгалтер = главного бухгалтера
"""
FLAGGED_POSTS = """
Директор-распорядитель; Бизнес-партнёр; Тимлид; CEO; IT-директор; Директрор; Главный; Директор учредитель
Директор, главный технолог; Директор и учредитель; Директор и главный бухгалтер
Директор / акционер; Директор - учредитель; И. о. директор
"""


def rows(table: str) -> list[tuple[str, str]]:
    """The lines of a table as pairs."""
    return [(left, right) for left, right in (line.split(" = ") for line in table.strip().splitlines())]


def listed(names: str) -> list[str]:
    """The names of a list."""
    return [name for line in names.strip().splitlines() for name in line.split("; ")]


@pytest.mark.parametrize(("name", "genitive"), rows(CERTAIN_NAMES))
def test_a_certain_name_is_in_the_genitive_p3(name: str, genitive: str) -> None:
    declined = genitive_of_person(name)
    assert (declined.text, declined.doubts) == (genitive, ())


@pytest.mark.parametrize("name", listed(FLAGGED_NAMES))
def test_an_uncertain_name_is_flagged_for_a_person_p3(name: str) -> None:
    assert genitive_of_person(name).doubts


@pytest.mark.parametrize(("post", "genitive"), rows(CERTAIN_POSTS))
def test_a_post_is_declined_up_to_its_first_noun_p3(post: str, genitive: str) -> None:
    declined = genitive_of_post(post)
    assert (declined.text, declined.doubts) == (genitive, ())


@pytest.mark.parametrize("post", listed(FLAGGED_POSTS))
def test_an_uncertain_post_is_flagged_for_a_person_p3(post: str) -> None:
    assert genitive_of_post(post).doubts


@pytest.mark.parametrize(
    ("name", "genitive", "gender"),
    [
        (
            "Общество с ограниченной ответственностью «Север»",
            "Общества с ограниченной ответственностью «Север»",
            "neut",
        ),
        ("Публичное акционерное общество «Юг»", "Публичного акционерного общества «Юг»", "neut"),
        ("Управляющая компания «Север»", "Управляющей компании «Север»", "femn"),
        ("Автономная некоммерческая организация «Друг»", "Автономной некоммерческой организации «Друг»", "femn"),
        ("Фонд «Дом»", "Фонда «Дом»", "masc"),
        ("ООО «Север»", "ООО «Север»", "neut"),
    ],
)
def test_of_an_organisation_the_form_is_declined_and_the_name_is_not_p3(name: str, genitive: str, gender: str) -> None:
    declined = genitive_of_organisation(name)
    assert is_organisation(name)
    assert (declined.text, declined.gender, declined.doubts) == (genitive, gender, ())


@pytest.mark.parametrize(
    ("ground", "genitive", "certain"),
    [
        ("Устав", "Устава", True),
        ("Устава", "Устава", True),
        ("устава", "Устава", True),
        ("Доверенность № 5 от 01.02.2026", "доверенности № 5 от 01.02.2026", True),
        ("доверенности № 5 от 01.02.2026", "доверенности № 5 от 01.02.2026", True),
        ("Положение о филиале", "положения о филиале", True),
        ("the Charter", "the Charter", False),
    ],
)
def test_a_ground_is_in_the_genitive_p3(ground: str, genitive: str, certain: bool) -> None:
    declined = genitive_of_ground(ground)
    assert (declined.text, not declined.doubts) == (genitive, certain)


def test_the_dictionary_is_read_by_the_first_phrase_and_not_before_p3() -> None:
    asked = "import sys, api.app, api.cli; print(sorted({'pymorphy3', 'pytrovich'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
