"""H2: minutes are integers; every typed form of a duration means the same, and sums print as hours and minutes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from entitlements.durations import EXAMPLES, LONGEST_MINUTES, clock, parse_minutes


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_form_of_h2_means_150_minutes(text: str) -> None:
    assert parse_minutes(text) == 150


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2", 120),  # a bare number is hours
        ("0", 0),
        ("0:00", 0),
        ("0:05", 5),
        ("26:15", 26 * 60 + 15),
        ("339.9", 20_394),
        ("2 ч", 120),
        ("1 час 5 минут", 65),
        ("2ч30м", 150),
        ("2 ч. 30 мин.", 150),
        ("2,5 ч", 150),
        ("2.5 hours", 150),
        ("1 hour 5 minutes", 65),
        ("90 min", 90),
        ("  2:30 ", 150),
        ("2 Ч 30 МИН", 150),
        ("2\u00a0ч\u00a030\u00a0мин", 150),
        ("1000", LONGEST_MINUTES),
    ],
)
def test_durations_are_read_as_people_write_them_h2(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2.05", 123),  # int(2.05 * 60) is 122
        ("0.29", 17),  # 17.4
        ("0.33", 20),  # 19.8
        ("0.025", 2),  # 1.5: half away from zero
        ("0.0416666666", 2),  # 2.499999996
        ("0.008333", 0),
        ("0.00833333333333333334", 1),
        ("62.75", 3_765),
    ],
)
def test_decimal_hours_are_exact_and_rounded_half_away_from_zero_h2(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        *("1:75", "1:60", "2:5", "2:030", ":30", "2:", "1:2:3", "-1", "-0:15", "−0:15", "+1", "- 5 мин"),
        *("", " ", "1e3", "1_000", "true", "nan", "inf", "0x10", "1 000", "1,5,5", "1.", ".5", "2;30"),
        *("2 ч 75 мин", "2,5 ч 30 мин", "1.5 мин", "30 мин 2 ч", "2 30", "ч", "2 x", "٢:٣٠", "２", "½"),
        *("1000:01", "1000.02", "60001 мин", "9999", "99999999999", "1" * 10_000, "2:30\x00", "2:30\n2:30"),
    ],
)
def test_what_is_no_duration_is_refused_with_examples_h2(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_minutes(text, field="hours")
    assert (refusal.value.code, refusal.value.field) == ("DURATION_UNREADABLE", "hours")
    assert refusal.value.facts == {"value": text, "allowed": EXAMPLES, "longest_minutes": LONGEST_MINUTES}


@pytest.mark.parametrize(
    ("minutes", "printed"),
    [
        (0, "0:00"),
        (5, "0:05"),
        (95, "1:35"),
        (26 * 60 + 15, "26:15"),
        (-15, "−0:15"),
        (-75, "−1:15"),
        (60_000, "1000:00"),
    ],
)
def test_minutes_print_as_hours_and_minutes_h2(minutes: int, printed: str) -> None:
    assert clock(minutes) == printed


def test_a_sum_of_durations_never_wraps_at_a_day_h2() -> None:
    assert clock(sum(map(parse_minutes, ["10:30", "8,25", "7 ч 30 мин"]))) == "26:15"


@given(st.integers(0, LONGEST_MINUTES))
def test_what_is_printed_reads_back_the_same_h2(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    for text in (clock(minutes), f"{hours} ч {rest} мин", f"{hours}h {rest}m", f"{minutes} мин"):
        assert parse_minutes(text) == minutes


@given(st.integers(0, 999), st.text("0123456789", min_size=1, max_size=6), st.sampled_from(".,"))
def test_decimals_are_within_half_a_minute_of_the_truth_h2(hours: int, decimals: str, separator: str) -> None:
    truth = (hours + Fraction(int(decimals), 10 ** len(decimals))) * 60
    assert Fraction(-1, 2) < parse_minutes(f"{hours}{separator}{decimals}") - truth <= Fraction(1, 2)
