"""What a caller's key may be for, and what a person may do in the pages."""

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


class PersonRole(StrEnum):
    """What a person who signs in to the pages may do; each role has its column in the table of pages."""

    ADMIN = "admin"
    SALES = "sales"
    DESK = "desk"
    ENGINEER = "engineer"
    ACCOUNTANT = "accountant"
    AUDITOR = "auditor"
    """Sees what the staff see and changes nothing."""
    CLIENT = "client"
    CLIENT_ADMIN = "client_admin"
    """Of a client: also buys, renews, and says who speaks for the client."""
