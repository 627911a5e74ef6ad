"""The second act: what the engineers did in three months, the same on every day that it is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.demonstration.stage import moment
from contracts.terms import Term
from entitlements.hours_facts import Charge
from entitlements.logging_work import Work

ENGINEERS = {
    "ru": ("Ильин А. С.", "Котова И. Л.", "Зимин Д. О."),
    "en": ("Alexei Ilyin", "Irina Kotova", "Denis Zimin"),
}
TASKS = {
    "ru": (
        "Не проводится поступление от поставщика",
        "Обновление конфигурации и проверка печатных форм",
        "Расхождение в оборотно-сальдовой ведомости по счёту 60",
        "Настройка прав доступа для нового сотрудника",
        "Сверка расчётов с бюджетом за квартал",
        "Ошибка при загрузке выписки банка",
        "Отчёт в СФР не проходит проверку",
        "Новый склад: настройка учёта и обучение",
        "Перенос остатков из прежней базы",
        "Не печатается ценник с нового принтера",
        "Закрытие месяца: пересчёт себестоимости",
        "Замена фискального накопителя",
    ),
    "en": (
        "Supplier's invoice cannot be posted",
        "Configuration update and check of print forms",
        "Balance of account 60 does not agree",
        "Access rights for a new colleague",
        "Quarterly reconciliation with the tax office",
        "Bank statement fails to load",
        "Month close: cost of goods recalculated",
        "Price labels do not print",
    ),
}
MINUTES = (10, 25, 40, 55, 20, 75, 35, 15, 90, 30, 50, 5)
STARTS = ("09:20", "10:05", "11:40", "13:15", "14:50", "16:10", "17:30")


@dataclass(frozen=True, slots=True)
class Habit:
    """How much a client calls: so many entries a month in these months, and who asks."""

    role: str
    entries: int
    asked_by: str
    months: tuple[int, ...] = (8, 9, 10)
    language: str = "ru"
    companies: int = 1


HABITS = (
    Habit("romashka", 14, "Белова А. В.", companies=2),
    Habit("shchukina", 3, "Щукина В. Ю."),
    Habit("pier", 10, "Кравцова Е. П."),
    Habit("print-shop", 8, "Орлова Д. С."),
    Habit("sparrow", 2, "Воробьёв К. Н.", months=(8, 9)),
    Habit("lighthouse", 7, "Громова Е. П."),
    Habit("pine-tree", 6, "Susan Clark", language="en"),
    Habit("harbour", 4, "Peter Lane", language="en"),
    Habit("atelier", 5, "Иглина С. А."),
)


def work_of(month: date, clients: dict[str, int], entities: dict[str, list[int]], seller_id: int) -> Iterator[Work]:
    """The work of a month in the order in which it was done."""
    entries = [
        _entry(month, place, habit, number, clients[habit.role], entities[habit.role], seller_id)
        for place, habit in enumerate(HABITS)
        if month.month in habit.months
        for number in range(habit.entries)
    ]
    yield from sorted(entries, key=lambda work: (work.started_at, work.external_id))


def _entry(
    month: date, place: int, habit: Habit, number: int, client_id: int, entity_ids: list[int], seller_id: int
) -> Work:
    """One of the month's entries: evenings, weekends, visits, calls and paid work come round in turn."""
    turn = 5 * place + 3 * month.month + number
    visit, evening = turn % 9 == 4, turn % 7 == 2
    tasks, engineers = TASKS[habit.language], ENGINEERS[habit.language]
    ticket = f"SD-{month.month}{place:02d}{number // 2:02d}"
    return Work(
        client_id=client_id,
        source="demo",
        external_id=f"{ticket}/{number}",
        worked_minutes=MINUTES[turn % len(MINUTES)] + (30 if visit else 0),
        started_at=_start(month, turn, number, habit.entries, evening),
        seller_id=seller_id,
        entity_id=entity_ids[number // 2 % habit.companies],
        charge=_charge(turn),
        ticket=ticket,
        service="visit" if visit else "call" if turn % 3 == 1 else "remote_work",
        channel="phone" if turn % 3 == 1 else "e-mail",
        asked_by=habit.asked_by,
        engineer=engineers[turn % len(engineers)],
        summary=tasks[(turn // 2) % len(tasks)],
        travel_minutes=40 if visit else 0,
    )


def _start(month: date, turn: int, number: int, entries: int, evening: bool) -> datetime:
    """Spread over the month; on weekends only now and then, as in life."""
    days = Term.calendar_month(month).days
    day = month + timedelta(days=(number * days // entries + turn) % days)
    if day.weekday() >= 5 and turn % 4 and day.day > 2:
        day -= timedelta(days=day.weekday() - 4)
    return moment(day, "18:40" if evening else STARTS[turn % len(STARTS)])


def _charge(turn: int) -> Charge:
    if turn % 11 == 6:
        return Charge.PAID
    return Charge.GOODWILL if turn % 17 == 9 else Charge.DRAW
