"""What commands can be told: every option and argument by the name of its type, described once in both languages."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from api.cli.language import Text
from api.cli.values import (
    amount,
    argument,
    day,
    duration,
    existing_file,
    flag,
    identifier,
    moment,
    month,
    one_of,
    option,
    whole,
)
from contracts.money import Money
from contracts.policies import LapseRenewal, Purchase
from contracts.tax_modes import TaxMode
from entitlements.hours_facts import Charge
from entitlements.work_mapping import CLIENT_KEYS

CODE = Text("код", "code")
DAY = Text("день", "day")
MOMENT = Text("время", "moment")
NAME = Text("имя", "name")
KEY = Text("ключ", "key")
NUMBER = Text("номер", "number")
DURATION = Text("длительность", "duration")
DAYS = Text("дней", "days")
MONTHS = Text("месяцев", "months")
MINUTES = Text("минут", "minutes")

# Parties
Code = Annotated[str, argument("короткий код продавца", "short code of the seller", Text("КОД", "CODE"))]
Name = Annotated[str, option("--name", "краткое наименование", "short name")]
ClientName = Annotated[str, argument("наименование клиента", "name of the client", Text("ИМЯ", "NAME"))]
TimeZone = Annotated[str, option("--time-zone", "часовой пояс", "time zone")]
LateEntryDays = Annotated[
    int,
    option(
        "--late-entry-days",
        "сколько дней после месяца ещё вводят работы",
        "how long after a month its work may be entered",
        whole(0, 60),
        DAYS,
    ),
]
Mode = Annotated[
    str,
    option(
        "--tax-mode",
        f"налоговый режим: {', '.join(TaxMode)}",
        f"tax mode: {', '.join(TaxMode)}",
        one_of(*TaxMode),
        Text("режим", "mode"),
    ),
]
TaxedFrom = Annotated[date, option("--taxed-from", "первый день режима", "first day of the mode", day, DAY)]
ExternalId = Annotated[str | None, option("--external-id", "код в вашей системе", "id in your system", metavar=CODE)]
Locale = Annotated[str, option("--language", "язык документов", "language of the papers", one_of("ru", "en"), "ru|en")]
ContactName = Annotated[str | None, option("--contact", "кто обращается", "who calls", metavar=NAME)]
ContactEmail = Annotated[str | None, option("--contact-email", "почта контактного лица", "e-mail of the contact")]
ContactPhone = Annotated[str | None, option("--contact-phone", "его телефон", "phone of the contact")]
ClientId = Annotated[int, argument("номер клиента", "number of the client", Text("КЛИЕНТ", "CLIENT"), identifier)]

# Who is meant
INN = Text("ИНН", "INN")
Inn = Annotated[str, option("--inn", "ИНН клиента", "INN of the client", metavar=INN)]
AnyInn = Annotated[str | None, option("--inn", "ИНН клиента", "INN of the client", metavar=INN)]
Kpp = Annotated[
    str | None,
    option("--kpp", "КПП, если ИНН у нескольких", "KPP, where several share the INN", metavar=Text("КПП", "KPP")),
]
SellerCode = Annotated[
    str | None,
    option("--seller", "код продавца, если их несколько", "seller, where there are several", metavar=CODE),
]
Client = Annotated[int | None, option("--client", "номер клиента", "number of the client", identifier, NUMBER)]

# Programs
RegistrationNumber = Annotated[str, argument("регистрационный номер", "registration number", Text("НОМЕР", "NUMBER"))]
Registration = Annotated[
    str | None, option("--registration", "регистрационный номер", "registration number", metavar=NUMBER)
]
Registrations = Annotated[
    list[str],
    option(
        "--registration",
        "регистрационный номер; можно несколько",
        "registration number; may be repeated",
        metavar=NUMBER,
    ),
]
Product = Annotated[str, option("--product", "код программы", "code of the program", metavar=CODE)]
Bought = Annotated[str, option("--purchase", "как куплена", "how it was bought", one_of(*Purchase), "|".join(Purchase))]
BoughtOn = Annotated[date | None, option("--bought-on", "день покупки", "day of the purchase", day, DAY)]
Replaces = Annotated[
    str | None,
    option("--replaces", "номер, сданный при апгрейде", "number surrendered in an upgrade", metavar=NUMBER),
]

# Sales
Plan = Annotated[str, option("--plan", "код тарифа", "code of the plan", metavar=CODE)]
Months = Annotated[int, option("--months", "срок", "term", whole(1, 600), MONTHS)]
SameMonths = Annotated[
    int | None,
    option("--months", "срок; без него прежний", "term; the same as before without it", whole(1, 600), MONTHS),
]
StartsOn = Annotated[
    date | None,
    option("--starts-on", "первый день; без него ближайший", "first day; the nearest without it", day, DAY),
]
Price = Annotated[
    Money | None,
    option("--price", "цена срока, если не по прайсу", "agreed price of the term", amount, Text("сумма", "amount")),
]
RenewalWay = Annotated[
    str | None, option("--kind", "как продлить", "which way to renew", one_of(*LapseRenewal), "|".join(LapseRenewal))
]
SubscriptionId = Annotated[
    int, argument("номер подписки", "number of the subscription", Text("ПОДПИСКА", "SUBSCRIPTION"), identifier)
]
Subscription = Annotated[
    int | None, option("--subscription", "только эту подписку", "this subscription alone", identifier, NUMBER)
]
Contract = Annotated[str, option("--contract", "номер договора", "number of the contract", metavar=NUMBER)]
AnyContract = Annotated[str | None, option("--contract", "номер договора", "number of the contract", metavar=NUMBER)]
Package = Annotated[str, option("--package", "код пакета часов", "code of the hour package", metavar=CODE)]
Reason = Annotated[str, option("--reason", "причина", "reason")]
ClaimedBy = Annotated[str, option("--by", "кто разрешил", "who allowed it")]
FromAt = Annotated[
    datetime | None,
    option("--from", "с какого времени; без него сейчас", "since when; now without it", moment, MOMENT),
]
UntilAt = Annotated[datetime | None, option("--until", "до какого времени", "until when", moment, MOMENT)]
BlockId = Annotated[int, argument("номер блокировки", "number of the block", Text("БЛОКИРОВКА", "BLOCK"), identifier)]
Key = Annotated[
    str | None,
    option(
        "--key",
        "свой ключ вызова: повтор с ним ничего не сделает дважды",
        "your key of the call: a repeat does nothing twice",
        metavar=KEY,
    ),
]

# The desk and the work
Minutes = Annotated[int | None, option("--minutes", "сколько нужно", "how long it takes", whole(1, 44640), MINUTES)]
Service = Annotated[str | None, option("--service", "код услуги", "code of the service", metavar=CODE)]
At = Annotated[datetime | None, option("--at", "когда; без него сейчас", "when; now without it", moment, MOMENT)]
StartedAt = Annotated[
    datetime | None,
    option("--at", "начало работы; без него день в --on", "start of the work; else its day in --on", moment, MOMENT),
]
AnswerLocale = Annotated[
    str | None, option("--locale", "язык ответа", "language of the answer", one_of("ru", "en"), "ru|en")
]
Ticket = Annotated[str, option("--ticket", "номер обращения", "number of the ticket", metavar=NUMBER)]
AsJson = Annotated[bool, flag("--json", "ответ в JSON", "answer as JSON")]
Worked = Annotated[
    int | None,
    option(
        "--worked",
        "сколько работали: 1:30, 1,5 или «90 мин»",
        'time worked: 1:30, 1.5 or "90 min"',
        duration,
        DURATION,
    ),
]
WorkOn = Annotated[
    date | None, option("--on", "день, если время не известно", "day, when the time is not known", day, DAY)
]
WorkId = Annotated[
    str | None,
    option(
        "--key",
        "код работы у вас: повтор её исправит, а не удвоит",
        "your id of the work: a repeat corrects it",
        metavar=KEY,
    ),
]
Charged = Annotated[str, option("--charge", "кто платит", "who pays", one_of(*Charge), "|".join(Charge))]
Channel = Annotated[str, option("--channel", "канал обращения", "channel of the request")]
Asker = Annotated[str, option("--asked-by", "кто просил", "who asked", metavar=NAME)]
Engineer = Annotated[str, option("--engineer", "кто работал", "who worked", metavar=NAME)]
Summary = Annotated[str, option("--summary", "что сделано", "what was done")]

# A file of work
WorkFile = Annotated[
    Path, argument("файл CSV или XLSX с работами", "CSV or XLSX file of work", Text("ФАЙЛ", "FILE"), existing_file)
]
MappingFile = Annotated[
    Path | None,
    option(
        "--mapping",
        "что в каких столбцах: файл TOML или JSON",
        "what is in which column: a TOML or JSON file",
        existing_file,
        Text("файл", "file"),
    ),
]
Columns = Annotated[
    list[str],
    option(
        "--column",
        "столбец, если он назван не как обычно: ticket=Задача; ключ из нескольких: external_id=Задача+Инженер",
        "a column with an unusual head: ticket=Job; a key of several: external_id=Job+Engineer",
        metavar=Text("поле=заголовок", "field=head"),
    ),
]
Charges = Annotated[
    list[str],
    option(
        "--charge",
        f"кто платит при этом значении столбца charge: Development=paid; {', '.join(Charge)}",
        f"who pays at this value of the column charge: Development=paid; {', '.join(Charge)}",
        metavar=Text("значение=кто", "value=who"),
    ),
]
ClientBy = Annotated[
    str | None,
    option(
        "--client-by",
        f"чем назван клиент: {', '.join(CLIENT_KEYS)}; без него имя",
        f"what names the client: {', '.join(CLIENT_KEYS)}; the name without it",
        one_of(*CLIENT_KEYS),
        KEY,
    ),
]
Source = Annotated[
    str | None,
    option(
        "--source",
        "откуда работы: ключи строк различаются внутри источника; без него import",
        "where the work comes from: row keys are unique within a source; import without it",
        metavar=NAME,
    ),
]
Encoding = Annotated[
    str | None,
    option("--encoding", "кодировка CSV; без неё определится сама", "encoding of the CSV; found out without it"),
]
Delimiter = Annotated[
    str | None,
    option(
        "--delimiter",
        "разделитель CSV: , ; | tab; без него определится сам",
        "delimiter of the CSV: , ; | tab; found out without it",
        one_of(",", ";", "|", "tab"),
        Text("знак", "sign"),
    ),
]
Sheet = Annotated[str | None, option("--sheet", "лист книги; без него первый", "sheet of the book; the first without")]
Occurrences = Annotated[
    bool,
    flag(
        "--number-repeats",
        "различать строки с одним ключом по порядку; без этого повтор — ошибка",
        "tell rows of one key apart by their order; a repeat is a fault without it",
    ),
]
CreateClients = Annotated[
    bool,
    flag("--create-clients", "создать клиентов, которых ещё нет", "make the clients that are not known yet"),
]

# Months and machines
Month = Annotated[date, argument("месяц, 2026-10", "month, 2026-10", Text("МЕСЯЦ", "MONTH"), month)]
DryRun = Annotated[
    bool,
    flag("--dry-run", "показать, что будет, и ничего не менять", "show what would be, and change nothing"),
]
Once = Annotated[bool, flag("--once", "сделать, что есть, и закончить", "do what there is, and end")]
Host = Annotated[str, option("--host", "адрес", "address", metavar=Text("адрес", "address"))]
Port = Annotated[int, option("--port", "порт", "port", whole(1, 65535), Text("порт", "port"))]
Catalogue = Annotated[
    str | None, option("--catalogue", "встроенный каталог: its", "built-in catalogue: its", metavar=CODE)
]
Folder = Annotated[str, option("--folder", "папка", "folder", metavar=Text("папка", "folder"))]
KeyName = Annotated[str, argument("чей это ключ", "whose key it is", Text("ИМЯ", "NAME"))]
ROLES = ("admin", "sales", "accountant", "desk", "verdict", "client", "calendar")
KeyRole = Annotated[
    str,
    option("--role", f"роль: {', '.join(ROLES)}", f"role: {', '.join(ROLES)}", one_of(*ROLES), Text("роль", "role")),
]
ExpiresAt = Annotated[
    datetime | None, option("--expires", "до какого времени действует", "until when it is good", moment, MOMENT)
]
KeyPrefix = Annotated[str, argument("начало ключа", "beginning of the key", Text("КЛЮЧ", "KEY"))]
