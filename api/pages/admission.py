"""Who may enter which page: the one table of every page and form; whatever it does not name is shut."""

from api.roles import PersonRole

Visitors = frozenset[PersonRole]

ADMINISTRATOR: Visitors = frozenset({PersonRole.ADMIN})
AUDITOR: Visitors = frozenset({PersonRole.AUDITOR})
ANYBODY: Visitors = frozenset(PersonRole)
NO_VISITOR: Visitors = frozenset()

OPEN_PAGES = {
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),
    ("POST", "/sign-in/code"),
    ("GET", "/sign-in/link"),
    ("POST", "/sign-in/link"),
    ("POST", "/sign-in/link:ask"),
    ("GET", "/sign-in/provider"),
    ("GET", "/sign-in/provider/back"),
    ("POST", "/sign-out"),
    ("GET", "/welcome"),
    ("POST", "/welcome"),
    ("POST", "/language"),
}
"""The doors of the pages, where one signs in and out: open to anybody."""

PAGES: dict[tuple[str, str], Visitors] = {
    ("GET", "/account"): ANYBODY,
    ("POST", "/account/password"): ANYBODY,
    ("POST", "/account/codes"): ANYBODY,
    ("POST", "/account/codes:stop"): ANYBODY,
    ("GET", "/audit"): ADMINISTRATOR | AUDITOR,
    ("GET", "/settings"): ADMINISTRATOR,
    ("GET", "/sellers"): ADMINISTRATOR | AUDITOR,
    ("GET", "/plans"): ADMINISTRATOR | AUDITOR | {PersonRole.SALES},
    ("GET", "/plans/{code}"): ADMINISTRATOR | AUDITOR | {PersonRole.SALES},
    ("GET", "/calendars"): ADMINISTRATOR | AUDITOR,
    ("GET", "/installation"): ADMINISTRATOR,
    ("GET", "/keys"): ADMINISTRATOR,
    ("POST", "/keys"): ADMINISTRATOR,
    ("POST", "/keys/{prefix}:revoke"): ADMINISTRATOR,
    ("GET", "/webhooks"): ADMINISTRATOR,
    ("POST", "/webhooks"): ADMINISTRATOR,
    ("POST", "/webhooks/{webhook_id}:rotate"): ADMINISTRATOR,
    ("POST", "/webhooks/{webhook_id}:disable"): ADMINISTRATOR,
    ("POST", "/webhooks/{webhook_id}:enable"): ADMINISTRATOR,
    ("GET", "/webhooks/{webhook_id}/deliveries"): ADMINISTRATOR,
    ("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}:resend"): ADMINISTRATOR,
    ("GET", "/people"): ADMINISTRATOR,
    ("POST", "/people"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:change"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:invite"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:stop-codes"): ADMINISTRATOR,
}
"""Which people may open which page and send which form; a test compares it with the routes."""
