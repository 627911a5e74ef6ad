"""What a caller's key may be for."""

from enum import StrEnum


class Role(StrEnum):
    """What a key may do; each role has its column in the authorisation table."""

    ADMIN = "admin"
    SALES = "sales"
    ACCOUNTANT = "accountant"
    DESK = "desk"
    VERDICT = "verdict"
    CLIENT = "client"
    CALENDAR = "calendar"
    """Only reads the calendar of what ends: its key lies in calendar programs and telephones."""
