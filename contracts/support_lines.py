"""The support lines that can be asked (rule D9): the same for every plan, which may include them up to one of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SupportLine:
    """A line, whether it helps covered clients only, and whether its work comes out of the hours."""

    number: int
    name: str
    name_en: str
    needs_cover: bool = True
    draws_hours: bool = True


SELF_SERVICE, INTAKE, VENDOR = 0, 1, 4
SUPPORT_LINES = {
    line.number: line
    for line in (
        SupportLine(SELF_SERVICE, "Самообслуживание", "Self-service", needs_cover=False, draws_hours=False),
        SupportLine(INTAKE, "Приём обращений", "Intake"),
        SupportLine(2, "Специалисты", "Specialists"),
        SupportLine(3, "Эксперты", "Experts"),
        SupportLine(VENDOR, "Разработчик", "Vendor", draws_hours=False),
    )
}
"""Every line by its number. Intake draws hours as the service asked about does: it asks for those who will work."""
