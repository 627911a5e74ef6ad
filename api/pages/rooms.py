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
"""Pages that the settings lead to: whoever may enter those finds them there, and has a shorter menu."""
ACCOUNT = "/account"


def menu(role: PersonRole) -> list[tuple[str, str]]:
    """The addresses and the names of the rooms that a role may enter."""
    own = {path: name for path, name in ROOMS.items() if role in PAGES.get(("GET", path), NO_VISITOR)}
    return [(path, name) for path, name in own.items() if SETTINGS not in own or path not in BEHIND_THE_SETTINGS]


def first_room(role: PersonRole) -> str:
    """Where the day of a role begins."""
    return next((path for path, _ in menu(role)), ACCOUNT)


def room_of(place: str) -> str:
    """The page of the menu that an address belongs to; empty when it belongs to none."""
    within = (path for path in ROOMS if place == path or place.startswith(f"{path}/"))
    return max(within, key=len, default="")
