"""The support lines and what each needs (D9)."""

from contracts.support_lines import INTAKE, SELF_SERVICE, SUPPORT_LINES, VENDOR


def test_there_are_five_lines_and_each_stands_under_its_number_d9() -> None:
    assert [(number, line.number) for number, line in SUPPORT_LINES.items()] == [(n, n) for n in range(5)]
    assert [line.name_en for line in SUPPORT_LINES.values()] == [
        "Self-service",
        "Intake",
        "Specialists",
        "Experts",
        "Vendor",
    ]


def test_self_service_alone_needs_no_cover_and_the_vendors_work_draws_no_hours_d9() -> None:
    assert [number for number, line in SUPPORT_LINES.items() if not line.needs_cover] == [SELF_SERVICE]
    assert [number for number, line in SUPPORT_LINES.items() if not line.draws_hours] == [SELF_SERVICE, VENDOR]
    assert SUPPORT_LINES[INTAKE].draws_hours
