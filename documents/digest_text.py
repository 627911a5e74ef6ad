"""What a manager's digest of a month says, in Russian and English (rule H13)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from documents.reminder_text import Wording, worded
from documents.words import Language, counted, day_in_words, hours_in_words, month_in_words, per_cent


@dataclass(frozen=True, slots=True)
class PoolDigest:
    """A client's hours with a seller over the month."""

    seller: str
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    left_minutes: int
    overage_minutes: int


@dataclass(frozen=True, slots=True)
class ClientDigest:
    """A client over the month, and what waits for its manager now.

    `warned_percents` are the shares that were warned of, `ends` what ends soon: contract number and last day.
    """

    client: str
    pools: tuple[PoolDigest, ...]
    warned_percents: tuple[int, ...]
    denied_requests: int
    open_objections: int
    ends: tuple[tuple[str, date], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say of the client."""
        told = (self.pools, self.warned_percents, self.denied_requests, self.open_objections, self.ends)
        return not any(told)


@dataclass(frozen=True, slots=True)
class Digest:
    """The clients of a manager of whom there is something to say, by name."""

    manager: str
    month: date
    clients: tuple[ClientDigest, ...]


def digest_text(digest: Digest, language: Language) -> Wording:
    """The letter to the manager, a paragraph for each client."""
    month = month_in_words(digest.month, language)
    if language is Language.RU:
        subject, begins = f"Сводка: {month}", f"{digest.manager}, ваши клиенты, {month}"
        ends = "Подробнее: abonement report hours, abonement warnings, abonement objection list, abonement pipeline"
    else:
        subject, begins = f"Digest: {month}", f"{digest.manager}, your clients, {month}."
        ends = "More: abonement report hours, abonement warnings, abonement objection list, abonement pipeline"
    clients = ("\n".join(_lines(one, language)) for one in digest.clients)
    return worded(subject, begins, *clients, ends, language=language)


def _lines(one: ClientDigest, language: Language) -> Iterator[str]:
    russian = language is Language.RU
    yield one.client
    for pool in one.pools:
        yield f"  {_hours(pool, language, several=len(one.pools) > 1)}"
    if one.warned_percents:
        shares = ", ".join(per_cent(percent, language) for percent in one.warned_percents)
        yield f"  предупреждения о часах: {shares}" if russian else f"  warnings about hours: {shares}"
    if one.denied_requests and russian:
        yield f"  отказано: {counted(one.denied_requests, language, 'обращение', 'обращения', 'обращений')}"
    elif one.denied_requests:
        yield f"  denied: {counted(one.denied_requests, language, 'request', 'requests')}"
    if one.open_objections:
        yield f"  {'возражения без решения' if russian else 'open objections'}: {one.open_objections}"
    for number, last_day in one.ends:
        day = day_in_words(last_day, language)
        yield f"  договор № {number}: последний день {day}" if russian else f"  contract No. {number}: last day {day}"


def _hours(pool: PoolDigest, language: Language, *, several: bool) -> str:
    figures = (pool.given_minutes, pool.used_minutes, pool.burnt_minutes, pool.left_minutes, pool.overage_minutes)
    given, used, burnt, left, over = (hours_in_words(minutes, language) for minutes in figures)
    where = f"{pool.seller}: " if several else ""
    if language is Language.RU:
        beyond = f", сверх часов {over}" if pool.overage_minutes else ""
        return f"{where}дано {given}, использовано {used}, сгорело {burnt}, осталось {left}{beyond}"
    beyond = f", beyond the hours {over}" if pool.overage_minutes else ""
    return f"{where}given {given}, used {used}, burnt {burnt}, left {left}{beyond}"
