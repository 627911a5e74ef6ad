"""A small book of business to learn from: what `abonement import book --example` writes."""

from api.cli.language import language

_ROWS: tuple[dict[str, str], ...] = (
    {
        "client": "Ромашка",
        "external_id": "CRM-1",
        "inn": "7707083893",
        "kpp": "773601001",
        "entity": "ООО «Ромашка»",
        "contact": "Анна Белова",
        "email": "buh@romashka.example",
        "phone": "8 (495) 123-45-67",
        "registration": "800123456",
        "product": "accounting-prof",
        "bought_on": "15.01.2020",
        "contract": "ИТС-15/22",
        "signed_on": "10.03.2022",
        "plan": "its-prof",
        "starts_on": "01.04.2026",
        "months": "12",
        "price": "33816,00",
        "hours_left": "0:30",
    },
    {"external_id": "CRM-1", "contact": "Пётр Орлов", "phone": "+7 495 123-45-68"},
    {
        "external_id": "CRM-1",
        "inn": "7707083893",
        "kpp": "773601001",
        "registration": "800123457",
        "product": "trade",
        "contract": "ИТС-15/22",
        "plan": "its-prof",
        "starts_on": "01.04.2026",
        "months": "12",
        "price": "33816,00",
    },
    {
        "client": "Сосна",
        "inn": "7736050003",
        "kpp": "997250001",
        "contract": "С-7/2025",
        "plan": "service-8h",
        "starts_on": "15.01.2026",
        "last_day": "14.01.2027",
        "price": "216000,00",
    },
    {"client": "Сосна", "hours_left": "12:00", "hours_until": "31.12.2027"},
)


def book_example() -> bytes:
    """The example as a CSV file that spreadsheet programs open: heads in the language of the command line."""
    from entitlements.book_mapping import USUAL_HEADS

    columns = [name for name in USUAL_HEADS if any(name in row for row in _ROWS)]
    russian = language() == "ru"
    heads = [next(head for head in USUAL_HEADS[name] if ("а" <= head[0] <= "я") == russian) for name in columns]
    lines = [heads, *([row.get(name, "") for name in columns] for row in _ROWS)]
    return "\r\n".join(";".join(line) for line in lines).encode("utf-8-sig")
