"""The plans of the seller's own that the demonstration sells beside the built-in catalogue."""

from typing import Any

_HELP = (
    {"code": "consultation_line"},
    {"code": "remote_work", "draws_hours": True},
    {"code": "call", "draws_hours": True},
    {"code": "visit", "draws_hours": True, "minimum_minutes": 60},
)

OWN_PLANS: tuple[dict[str, Any], ...] = (
    {
        "code": "care-fixed", "name": "Забота, 2 часа", "name_en": "Care, 2 hours", "kind": "care",
        "valid_from": "2026-01-01", "covers_registrations": False, "included_minutes": 120,
        "included_per": "calendar_month", "over_limit": "block", "overage_rate": "2500.00", "grace_days": 14,
        "services": _HELP,
        "prices": [
            {"term_months": 1, "price": "6500.00"}, {"term_months": 3, "price": "18000.00"},
            {"term_months": 6, "price": "34000.00"}, {"term_months": 12, "price": "64000.00"},
        ],
    },
    {
        "code": "care-flex", "name": "Забота, 4 часа с запасом", "name_en": "Care Flex, 4 hours", "kind": "care",
        "valid_from": "2026-01-01", "covers_registrations": False, "included_minutes": 240,
        "rollover_cap_minutes": 120, "rollover_periods": 1, "quantum_minutes": 30, "minimum_minutes": 30,
        "rounding_scope": "ticket_day", "over_limit": "bill", "overrun_percent": 50, "overage_rate": "2900.00",
        "bills_travel": True, "goodwill_minutes": 240, "entry_approval": True,
        "services": _HELP,
        "prices": [{"term_months": 6, "price": "58000.00"}, {"term_months": 12, "price": "110000.00"}],
    },
    {
        "code": "care-strict", "name": "Забота строго по договору", "name_en": "Care, by the letter", "kind": "strict",
        "valid_from": "2026-01-01", "requires_signature": True, "unpaid": "approve",
        "named_contacts_only": True, "register_check_days": 30,
        "services": [{"code": "consultation_line"}], "prices": [{"term_months": 12, "price": "24000.00"}],
        "exempt_percent": 30, "exempt_ground": "подп. 26 п. 2 ст. 149 НК РФ",
    },
)  # fmt: skip
"""Plans of the seller's own, beside the built-in catalogue."""
