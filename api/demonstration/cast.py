"""Who plays in the demonstration. All names are invented; the keys of INN, OGRN and accounts are right."""

from dataclasses import dataclass
from datetime import date

from contracts.policies import Purchase

LONG_AGO = date(2024, 3, 11)

SELLER = {
    "name": "ООО «Меридиан-Сервис»",
    "full_name": "Общество с ограниченной ответственностью «Меридиан-Сервис»",
    "inn": "7899102346",
    "kpp": "789901001",
    "ogrn": "1177846001002",
    "address": "191187, г. Санкт-Петербург, наб. Кутузова, д. 8",
    "bank_name": "ПАО «Северный кредит», г. Санкт-Петербург",
    "bic": "044030933",
    "bank_account": "40702810500000010001",
    "correspondent_account": "30101810000000000933",
    "signatory_post": "Генеральный директор",
    "signatory_name": "Мартынюк Наталья Александровна",
    "signatory_basis": "Устава",
    "signatory_phrase": "в лице генерального директора Мартынюк Натальи Александровны, действующей на основании Устава",
    "phone": "+7 812 000-12-34",
    "email": "office@meridian.example",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a client has registered."""

    number: str
    product: str
    purchase: Purchase = Purchase.BOX
    bought_on: date = LONG_AGO
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A legal entity or sole trader of a client, with its programs."""

    requisites: dict[str, str]
    programs: tuple[Program, ...] = ()


@dataclass(frozen=True, slots=True)
class Player:
    """A client: what it is called in this play and to the world, its companies, and who calls for it."""

    role: str
    name: str
    companies: tuple[Company, ...]
    contact: str
    email: str
    phone: str
    locale: str = "ru"


def company(name: str, inn: str, ogrn: str, address: str, programs: tuple[Program, ...] = (), **more: str) -> Company:
    """A company with limited liability, or whatever its name says."""
    requisites = {"name": name, "inn": inn, "ogrn": ogrn, "address": address, **more}
    if len(inn) == 10:
        requisites["kpp"] = f"{inn[:4]}01001"
    return Company(requisites, programs)


PLAYERS = (
    Player(
        "romashka",
        "ООО «Ромашка»",
        (
            company(
                "ООО «Ромашка»", "7799116056", "1187746080191", "129110, г. Москва, ул. Щепкина, д. 42",
                (Program("800100101", "accounting-prof", bought_on=date(2026, 8, 3)),),
                full_name="Общество с ограниченной ответственностью «Ромашка»",
                signatory_post="Директор", signatory_name="Белова Анна Викторовна", signatory_basis="Устава",
            ),
            company(
                "ООО «Ромашка-Логистика»", "7799129760", "1197746159380", "142100, г. Подольск, ул. Складская, д. 3",
                (Program("800100102", "accounting-korp"),),
                full_name="Общество с ограниченной ответственностью «Ромашка-Логистика»",
                signatory_post="Директор", signatory_name="Белов Игорь Павлович", signatory_basis="Устава",
            ),
        ),
        "Белова Анна", "buh@romashka.example", "+7 495 000-11-01",
    ),
    Player(
        "shchukina",
        "ИП Щукина В. Ю.",
        (
            company(
                "ИП Щукина В. Ю.", "509912003440", "319500001001231", "143900, г. Балашиха, пр-т Ленина, д. 3, кв. 17",
                (Program("800100201", "retail"),),
                full_name="Индивидуальный предприниматель Щукина Валерия Юрьевна",
                signatory_name="Щукина Валерия Юрьевна",
            ),
        ),
        "Щукина Валерия", "shchukina@lavka.example", "+7 495 000-11-02",
    ),
    Player(
        "bakery",
        "ООО «Хлебный двор»",
        (
            company(
                "ООО «Хлебный двор»", "7899143470", "1207846238577", "196084, г. Санкт-Петербург, Лиговский пр., д. 9",
                (Program("800100301", "trade"),),
                signatory_post="Директор", signatory_name="Дёмин Олег Викторович", signatory_basis="Устава",
            ),
        ),
        "Дёмина Ольга", "buh@hleb.example", "+7 812 000-11-03",
    ),
    Player(
        "pier",
        "АО «Балтийский причал»",
        (
            company(
                "АО «Балтийский причал»", "7799157180", "1217746317766", "236039, г. Калининград, ул. Портовая, д. 24",
                (Program("800100401", "accounting-korp"), Program("800100402", "payroll")),
                full_name="Акционерное общество «Балтийский причал»",
                signatory_post="Генеральный директор", signatory_name="Кравцов Пётр Ильич", signatory_basis="Устава",
            ),
        ),
        "Кравцова Елена", "it@prichal.example", "+7 401 000-11-04",
    ),
    Player(
        "print-shop",
        "ООО «Типография „Азбука“»",
        (
            company(
                "ООО «Типография „Азбука“»", "7799170896", "1227746396954", "115088, г. Москва, ул. Угрешская, д. 2",
                (Program("800100501", "manufacturing"),),
                signatory_post="Директор", signatory_name="Орлова Дарья Сергеевна", signatory_basis="Устава",
            ),
        ),
        "Орлова Дарья", "orlova@azbuka.example", "+7 495 000-11-05",
    ),
    Player(
        "honey",
        "ООО «Северный мёд»",
        (
            company(
                "ООО «Северный мёд»", "7899184606", "1237846476141", "163000, г. Архангельск, ул. Поморская, д. 7",
                (Program("800100601", "accounting-basic"),),
            ),
        ),
        "Пчелин Андрей", "pchelin@med.example", "+7 818 000-11-06",
    ),
    Player(
        "stone-flower",
        "ООО «Каменный цветок»",
        (
            company(
                "ООО «Каменный цветок»", "7799198316", "1247746555330", "620014, г. Екатеринбург, ул. Малышева, д. 36",
                (
                    Program("800100701", "accounting-basic"),
                    Program("800100702", "accounting-prof", Purchase.UPGRADE, date(2026, 9, 14), "800100701"),
                ),
                signatory_post="Директор", signatory_name="Данилов Степан Егорович", signatory_basis="Устава",
            ),
        ),
        "Данилова Мария", "buh@cvetok.example", "+7 343 000-11-07",
    ),
    Player(
        "fairy-tale",
        "Детский центр «Лесная сказка»",
        (
            company(
                "ООО «Лесная сказка»", "7799212024", "1177746634526", "141070, г. Королёв, ул. Сосновая, д. 5",
                (Program("800100801", "payroll", Purchase.PLUS_ITS, date(2026, 8, 20)),),
                signatory_post="Заведующая", signatory_name="Лисицына Вера Петровна", signatory_basis="Устава",
            ),
        ),
        "Лисицына Вера", "deti@skazka.example", "+7 495 000-11-08",
    ),
    Player(
        "sparrow",
        "ИП Воробьёв К. Н.",
        (
            company(
                "ИП Воробьёв К. Н.", "779919714700", "319770001046904", "127015, г. Москва, ул. Вятская, д. 27, кв. 90",
                (Program("800100901", "accounting-prof"),),
                full_name="Индивидуальный предприниматель Воробьёв Кирилл Николаевич",
                signatory_name="Воробьёв Кирилл Николаевич",
            ),
        ),
        "Воробьёв Кирилл", "kirill@vorobyov.example", "+7 495 000-11-09",
    ),
    Player(
        "lighthouse",
        "ООО «Маяк»",
        (
            company(
                "ООО «Маяк»", "7899225732", "1187846713713", "197110, г. Санкт-Петербург, Крестовский пр., д. 30",
                (Program("800101001", "trade"),),
                signatory_post="Директор", signatory_name="Громова Елена Павловна", signatory_basis="Устава",
            ),
        ),
        "Громова Елена", "gromova@mayak.example", "+7 812 000-11-10",
    ),
    Player(
        "pine-tree",
        "Pine Tree LLC",
        (
            company(
                "Pine Tree LLC", "7799239442", "1197746792902", "10 Presnenskaya Embankment, Moscow 123112",
                (Program("800101101", "accounting-prof"), Program("800101102", "retail", bought_on=date(2026, 6, 20))),
                signatory_post="Director", signatory_name="Martin Hale", signatory_basis="the Charter",
            ),
        ),
        "Susan Clark", "accounts@pinetree.example", "+7 495 000-11-11", "en",
    ),
    Player(
        "harbour",
        "Harbour Foods LLC",
        (
            company(
                "Harbour Foods LLC", "7799253158", "1207746872090", "4 Marata Street, Saint Petersburg 191025",
                (Program("800101201", "trade"),),
                signatory_post="Director", signatory_name="Helen Brook", signatory_basis="the Charter",
            ),
        ),
        "Peter Lane", "office@harbour.example", "+7 812 000-11-12", "en",
    ),
    Player(
        "atelier",
        "Ателье «Стежок»",
        (
            company(
                "ООО «Стежок»", "7799280578", "1227747030477", "150000, г. Ярославль, ул. Свободы, д. 18",
                (Program("800101301", "retail"),),
                signatory_post="Директор", signatory_name="Иглина Софья Андреевна", signatory_basis="Устава",
            ),
        ),
        "Иглина Софья", "sofya@stezhok.example", "+7 485 000-11-13",
    ),
    Player(
        "new-age",
        "ООО «Новый век»",
        (
            company(
                "ООО «Новый век»", "7899266866", "1217846951288", "190005, г. Санкт-Петербург, Измайловский пр., д. 2",
                signatory_post="Директор", signatory_name="Рассветов Илья Олегович", signatory_basis="Устава",
            ),
        ),
        "Счётова Нина", "schetova@outsource.example", "+7 812 000-11-14",
    ),
    Player(
        "willow",
        "ООО «Ива»",
        (
            company(
                "ООО «Ива»", "7899280571", "1257847118110", "160000, г. Вологда, ул. Мира, д. 12",
                (Program("800101401", "trade"),),
                signatory_post="Директор", signatory_name="Ивина Ольга Юрьевна", signatory_basis="Устава",
            ),
        ),
        "Ивина Ольга", "olga@iva.example", "+7 817 000-11-15",
    ),
    Player(
        "vector",
        "ООО «Вектор»",
        (company("ООО «Вектор»", "7799294309", "1237747109665", "344002, г. Ростов-на-Дону, ул. Садовая, д. 66"),),
        "Счётова Нина", "schetova@outsource.example", "+7 812 000-11-14",
    ),
)  # fmt: skip
"""The clients; the last two share a bookkeeper, so that her call alone names neither."""
