"""What the doctor finds of the daily work: the working days that it goes by, and the duties of the worker."""

from collections.abc import Iterable, Sequence
from datetime import date

from api.findings import Finding, State, ill, well
from api.worker_faults import WorkerFault
from entitlements.calendar import Certainty, load_calendar

DECREED_BY = 11
"""The month by which the next year's days off are decreed, as a rule."""


def calendars(countries: Iterable[str], today: date) -> Finding:
    """Whether the days off of this year, and before it ends those of the next, are decreed where they are moved."""
    years = [today.year] if today.month < DECREED_BY else [today.year, today.year + 1]
    guessed = [f"{one} {year}" for one in sorted(countries) for year in years if _is_guessed(one, year)]
    if not guessed:
        return well("calendars", "Рабочие дни известны.", "The working days are known.")
    named = ", ".join(guessed)
    return ill(
        "calendars",
        State.WARNING,
        (f"Рабочие дни вычислены без переносов: {named}.", f"Working days are worked out without transfers: {named}."),
        ("Обновите программу, когда год утвердят.", "Upgrade once the year is decreed."),
    )


def _is_guessed(country: str, year: int) -> bool:
    return load_calendar(country).year_of(year).certainty is Certainty.GUESSED


def worker(faults: Sequence[WorkerFault]) -> Finding:
    """Whether each duty of the worker was done since it last ended in a fault."""
    if not faults:
        return well("worker", "Работник делает всё без сбоев.", "The worker does all without a fault.")
    named = "; ".join(f"{one.duty}, {one.happened_at:%Y-%m-%d %H:%M} UTC, {one.problem}" for one in faults)
    return ill(
        "worker",
        State.BROKEN,
        (f"Работник не справляется: {named}.", f"The worker does not manage: {named}."),
        (
            "Прочитайте журнал работника (worker fault) и сообщите разработчикам: остальное он делает.",
            "Read the worker's log (worker fault) and tell the developers; all else it does.",
        ),
    )
