"""One finding for each line of ours, and none of them from what the register does not say (S8, D11)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.register import Answers, Held, HeldPeriod, Partner, Unanswered
from contracts.register_differences import Difference, Finding, OurLine, differences
from contracts.terms import Term

PLANS = {"prof": "its-prof", "prof-long": "its-prof", "techno": "its-techno", "industry": "its-industry"}
"""The vendor's codes, and the plan that each means; two mean one plan, and "new" means none of ours."""
NUMBER = "800123456"


def ours(term: str, plan: str = "its-prof", number: str = NUMBER) -> OurLine:
    """A line of ours over "2026-04-01 2027-04-01"."""
    return OurLine(number, 1, "Ромашка", 1, plan, Term(*map(date.fromisoformat, term.split())))


def held(*periods: str) -> Held:
    """Periods of "code start end partner", a question mark for what is not known; own unless said otherwise."""
    return Held(tuple(map(_period, periods)))


def _period(text: str) -> HeldPeriod:
    code, starts_on, ends_on, partner = (*text.split(), "own")[:4]
    days = [None if day == "?" else date.fromisoformat(day) for day in (starts_on, ends_on)]
    return HeldPeriod(None if code == "?" else code, *days, Partner(partner))


def found(line: OurLine, answer: Held | Unanswered, *others: OurLine) -> Difference:
    """What is found for the line, when these others are ours too."""
    return differences([line, *others], {NUMBER: answer}, PLANS)[0]


YEAR = "2026-04-01 2027-04-01"
NEXT = "2027-04-01 2028-04-01"


@pytest.mark.parametrize(
    ("term", "periods", "finding"),
    [
        # Held as it was sold, alone or beside others.
        (YEAR, [f"prof {YEAR}"], Finding.FOUND),
        (YEAR, [f"prof-long {YEAR}"], Finding.FOUND),
        (YEAR, [f"prof {YEAR} unknown"], Finding.FOUND),
        (YEAR, [f"prof {YEAR} other", f"prof {YEAR}"], Finding.FOUND),
        (YEAR, [f"techno {YEAR}", f"prof {YEAR}"], Finding.FOUND),
        (YEAR, [f"? {YEAR}", f"prof {YEAR}"], Finding.FOUND),
        # The current and the next period together.
        (YEAR, [f"prof {YEAR}", f"prof {NEXT}"], Finding.FOUND),
        (NEXT, [f"prof {YEAR}", f"prof {NEXT}"], Finding.FOUND),
        (NEXT, [f"prof {YEAR}"], Finding.MISSING),
        ("2026-04-01 2028-04-01", [f"prof {YEAR}", f"prof {NEXT}"], Finding.FOUND),
        (YEAR, ["prof 2026-03-01 2027-04-01"], Finding.FOUND),
        # Another end.
        (YEAR, ["prof 2026-04-01 2026-10-01"], Finding.OTHER_END_DATE),
        (YEAR, ["prof 2026-04-01 2027-03-31"], Finding.OTHER_END_DATE),
        (YEAR, ["prof 2026-04-01 2027-04-02"], Finding.OTHER_END_DATE),
        (YEAR, ["prof ? 2027-03-31"], Finding.OTHER_END_DATE),
        (YEAR, ["prof 2026-04-01 2026-10-01", f"prof {YEAR} other"], Finding.OTHER_END_DATE),
        # Another partner, another kind.
        (YEAR, [f"prof {YEAR} other"], Finding.OTHER_PARTNER),
        (YEAR, ["prof 2026-04-01 ? other"], Finding.OTHER_PARTNER),
        (YEAR, [f"prof {YEAR} other", f"techno {YEAR}"], Finding.OTHER_PARTNER),
        (YEAR, [f"techno {YEAR}"], Finding.OTHER_KIND),
        (YEAR, [f"new {YEAR}"], Finding.OTHER_KIND),
        (YEAR, [f"techno {YEAR} other"], Finding.OTHER_KIND),
        # Nothing, or nothing in the term.
        (YEAR, [], Finding.MISSING),
        (YEAR, ["prof 2025-04-01 2026-04-01"], Finding.MISSING),
        (YEAR, [f"prof {NEXT}"], Finding.MISSING),
        (YEAR, ["techno 2025-04-01 2026-04-01"], Finding.MISSING),
        (YEAR, ["? 2025-04-01 2026-04-01"], Finding.MISSING),
        (YEAR, ["prof ? 2026-04-01"], Finding.MISSING),
        # What is unknown contradicts nothing.
        (YEAR, ["prof 2026-04-01 ?"], Finding.FOUND),
        (YEAR, ["prof ? 2027-04-01"], Finding.FOUND),
        (YEAR, ["prof 2026-10-01 ?"], Finding.FOUND),
        (YEAR, ["prof 2025-04-01 ?"], Finding.ANSWER_FAILED),
        (YEAR, ["prof ? 2027-10-01"], Finding.ANSWER_FAILED),
        (YEAR, ["prof ? ?"], Finding.ANSWER_FAILED),
        (YEAR, ["prof ? ? other"], Finding.ANSWER_FAILED),
        (YEAR, ["techno ? ?"], Finding.ANSWER_FAILED),
        (YEAR, ["? ? ?"], Finding.ANSWER_FAILED),
        (YEAR, [f"? {YEAR}"], Finding.ANSWER_FAILED),
        (YEAR, [f"? {YEAR} other"], Finding.ANSWER_FAILED),
        (YEAR, [f"? {YEAR}", f"techno {YEAR}"], Finding.ANSWER_FAILED),
        (YEAR, ["? 2026-04-01 2026-10-01"], Finding.ANSWER_FAILED),
    ],
)
def test_each_line_of_ours_has_one_finding_s8(term: str, periods: list[str], finding: Finding) -> None:
    assert found(ours(term), held(*periods)).finding is finding


@pytest.mark.parametrize("reason", list(Unanswered))
def test_a_failed_answer_says_why_and_nothing_else_d11(reason: Unanswered) -> None:
    assert found(ours(YEAR), reason) == Difference(ours(YEAR), Finding.ANSWER_FAILED, reason=reason)


def test_a_number_that_nobody_asked_about_has_no_answer_d11() -> None:
    assert differences([ours(YEAR)], {}, PLANS)[0].reason is Unanswered.NOT_ASKED


def test_another_plan_on_the_number_that_is_ours_too_is_no_other_kind_s8() -> None:
    """An industry plan stands beside its base plan: when only the industry plan is held, the base plan is missing."""
    answer = held(f"industry {YEAR}")
    industry = ours(YEAR, "its-industry")
    assert found(ours(YEAR), answer, industry).finding is Finding.MISSING
    assert found(industry, answer, ours(YEAR)).finding is Finding.FOUND
    assert found(ours(YEAR), answer).finding is Finding.OTHER_KIND


def test_the_period_that_a_finding_rests_on_is_shown_s8() -> None:
    answer = held("prof 2026-04-01 2026-10-01", "prof 2026-10-01 2027-01-01", f"prof {YEAR} other")
    assert found(ours(YEAR), answer).period == answer.periods[1]
    assert found(ours(YEAR), held(f"techno {YEAR}")).period == held(f"techno {YEAR}").periods[0]
    assert found(ours(YEAR), held()).period is None


# Over random books and answers

DAYS = st.integers(0, 60).map(lambda months: date(2026, 1, 1) + timedelta(days=30 * months))
TERMS = st.tuples(DAYS, st.integers(1, 720)).map(lambda pair: Term(pair[0], pair[0] + timedelta(days=pair[1])))
NUMBERS = st.sampled_from(["1", "2", "3"])
LINES = st.builds(
    OurLine, NUMBERS, st.just(1), st.just("Ромашка"), st.just(1), st.sampled_from(["its-prof", "its-techno"]), TERMS
)
CODES = st.sampled_from([None, *PLANS, "new"])


@st.composite
def periods(draw: st.DrawFn) -> HeldPeriod:
    term = draw(TERMS)
    starts_on, ends_on = draw(st.sampled_from([(1, 1), (1, 0), (0, 1), (0, 0)]))
    known = (term.starts_on if starts_on else None, term.ends_on if ends_on else None)
    return HeldPeriod(draw(CODES), *known, draw(st.sampled_from(list(Partner))))


ANSWERED = st.lists(periods(), max_size=4).map(lambda some: Held(tuple(some)))
ANSWERS = st.dictionaries(NUMBERS, ANSWERED | st.sampled_from(list(Unanswered)))


@given(st.lists(LINES, max_size=8), ANSWERS, st.sets(NUMBERS), st.sampled_from(list(Unanswered)))
def test_nothing_is_concluded_from_a_failed_answer_d11(
    lines: list[OurLine], answers: Answers, lost: set[str], reason: Unanswered
) -> None:
    """Answers that fail change the findings of their own numbers to "failed", and no other finding."""
    before = differences(lines, answers, PLANS)
    after = differences(lines, {**answers, **dict.fromkeys(lost, reason)}, PLANS)
    assert [one.line for one in after] == lines
    for was, now in zip(before, after, strict=True):
        if now.line.registration_number in lost:
            assert now == Difference(was.line, Finding.ANSWER_FAILED, reason=reason)
        else:
            assert now == was


@given(st.lists(LINES, max_size=8), ANSWERS, st.data())
def test_knowing_less_never_turns_one_disagreement_into_another_d11(
    lines: list[OurLine], answers: Answers, data: st.DataObject
) -> None:
    """A code, a start or an end that becomes unknown may leave a question open; it finds nothing missing or wrong."""
    number = data.draw(NUMBERS)
    answer = answers.get(number)
    if not isinstance(answer, Held) or not answer.periods:
        return
    blurred = [
        HeldPeriod(None if data.draw(st.booleans()) else one.code, None, None, one.partner) for one in answer.periods
    ]
    for one in differences(lines, {**answers, number: Held(tuple(blurred))}, PLANS):
        if one.line.registration_number == number:
            sold = {line.plan_code for line in lines if line.registration_number == number}
            explained = all(period.code is not None and PLANS.get(period.code) in sold for period in blurred)
            assert one.finding is Finding.ANSWER_FAILED or (explained and one.finding is Finding.MISSING)


@given(st.lists(LINES, max_size=8), ANSWERS)
def test_what_is_found_or_differs_names_a_period_of_the_register_s8(lines: list[OurLine], answers: Answers) -> None:
    for one in differences(lines, answers, PLANS):
        answer = answers.get(one.line.registration_number)
        if one.period is not None:
            assert isinstance(answer, Held)
            assert one.period in answer.periods
        else:
            assert one.finding in (Finding.MISSING, Finding.ANSWER_FAILED)
        if one.finding is Finding.OTHER_PARTNER:
            assert one.period is not None
            assert one.period.partner is Partner.OTHER
        if one.finding is Finding.OTHER_END_DATE:
            assert one.period is not None
            assert one.period.ends_on not in (None, one.line.term.ends_on)
