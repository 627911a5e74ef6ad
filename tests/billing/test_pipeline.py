"""The pipeline's values: the days that are shown when nobody says which."""

from datetime import date

import pytest

from billing.pipeline import Chosen

TODAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((None, None), (date(2026, 9, 5), date(2027, 10, 6))),
        ((date(2026, 1, 1), None), (date(2026, 1, 1), date(2027, 10, 6))),
        ((date(2028, 1, 1), None), (date(2028, 1, 1), date(2029, 1, 1))),
        ((None, date(2026, 12, 31)), (date(2026, 9, 5), date(2026, 12, 31))),
    ],
)
def test_a_month_back_and_a_year_ahead_are_shown(given: tuple, shown: tuple[date, date]) -> None:
    chosen = Chosen.around(TODAY, *given, manager="Котова И. Л.")
    assert (chosen.ends_from, chosen.ends_until) == shown
    assert chosen.manager == "Котова И. Л."
