"""The rooms of the house of pages: what stands in the menu of each role, and where it begins its day."""

from api.pages.admission import NO_VISITOR, PAGES
from api.roles import PersonRole

ROOMS = {
    "/desk": "desk",
    "/work": "work",
    "/months": "months",
    "/payments": "payments",
    "/invoices": "invoices",
    "/papers": "papers",
    "/clients": "clients",
    "/renewals": "renewals",
    "/bounces": "bounces",
    "/cases": "cases",
    "/objections": "objections",
    "/my": "my",
    "/my/statements": "my_statements",
    "/my/invoices": "my_invoices",
    "/my/papers": "my_papers",
    "/my/contacts": "my_contacts",
    "/settings": "settings",
    "/people": "people",
    "/audit": "audit",
}
"""The pages of the menu, in its order, by the name of their texts."""
SETTINGS, BEHIND_THE_SETTINGS = "/settings", {"/people", "/bounces", "/audit"}
"""Rooms that the settings lead to: whoever may enter those finds them there, and has a shorter menu."""
PARTS_OF_SETTINGS = ("/keys", "/webhooks", "/sellers", "/plans", "/calendars", "/forms", "/installation")
"""Pages that are in no menu but that of the settings."""
ACCOUNT = "/account"


def menu(role: PersonRole) -> list[tuple[str, str]]:
    """The addresses and the names of the rooms that a role may enter."""
    own = {path: name for path, name in ROOMS.items() if role in PAGES.get(("GET", path), NO_VISITOR)}
    return [(path, name) for path, name in own.items() if SETTINGS not in own or path not in BEHIND_THE_SETTINGS]


def first_room(role: PersonRole) -> str:
    """Where the day of a role begins."""
    return next((path for path, _ in menu(role)), ACCOUNT)


def room_of(place: str, role: PersonRole | None) -> str:
    """The page of the role's menu that an address belongs to; empty when it belongs to none."""
    listed = [path for path, _ in menu(role)] if role is not None else []
    within = [path for path in (*ROOMS, *PARTS_OF_SETTINGS) if place == path or place.startswith(f"{path}/")]
    room = max(within, key=len, default="")
    return room if room in listed or SETTINGS not in listed or not room else SETTINGS
