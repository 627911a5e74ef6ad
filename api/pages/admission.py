"""Who may enter which page: the one table of every page and form; whatever it does not name is shut."""

from api.roles import PersonRole

Visitors = frozenset[PersonRole]

ADMINISTRATOR: Visitors = frozenset({PersonRole.ADMIN})
AUDITOR: Visitors = frozenset({PersonRole.AUDITOR})
ANYBODY: Visitors = frozenset(PersonRole)
NO_VISITOR: Visitors = frozenset()
CLIENT_ADMINS: Visitors = frozenset({PersonRole.CLIENT_ADMIN})
OF_A_CLIENT = CLIENT_ADMINS | {PersonRole.CLIENT}

OPEN_PAGES = {
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),
    ("POST", "/sign-in/code"),
    ("GET", "/sign-in/link"),
    ("POST", "/sign-in/link"),
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
    ("GET", "/people"): ADMINISTRATOR,
    ("POST", "/people"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:change"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:invite"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:stop-codes"): ADMINISTRATOR,
    ("GET", "/my"): OF_A_CLIENT,
    ("GET", "/my/statements"): OF_A_CLIENT,
    ("GET", "/my/statements/{statement_id}"): OF_A_CLIENT,
    ("POST", "/my/statements/{statement_id}:accept"): OF_A_CLIENT,
    ("POST", "/my/statements/{statement_id}/lines/{line}:accept"): OF_A_CLIENT,
    ("POST", "/my/statements/{statement_id}/lines/{line}:object"): OF_A_CLIENT,
    ("GET", "/my/objections/{objection_id}"): OF_A_CLIENT,
    ("POST", "/my/objections/{objection_id}:comment"): OF_A_CLIENT,
    ("GET", "/my/approvals"): OF_A_CLIENT,
    ("POST", "/my/approvals/{entry_id}:approve"): OF_A_CLIENT,
    ("POST", "/my/approvals/{entry_id}:object"): OF_A_CLIENT,
    ("GET", "/my/invoices"): OF_A_CLIENT,
    ("GET", "/my/invoices/{invoice_id}"): OF_A_CLIENT,
    ("GET", "/my/papers"): OF_A_CLIENT,
    ("GET", "/my/papers/{paper_id}/file"): OF_A_CLIENT,
    ("GET", "/my/packages"): OF_A_CLIENT,
    ("POST", "/my/packages"): CLIENT_ADMINS,
    ("GET", "/my/renewals/{subscription_id}"): OF_A_CLIENT,
    ("POST", "/my/renewals/{subscription_id}"): CLIENT_ADMINS,
    ("GET", "/my/contacts"): OF_A_CLIENT,
    ("POST", "/my/contacts"): CLIENT_ADMINS,
    ("POST", "/my/contacts:mail-papers"): CLIENT_ADMINS,
    ("POST", "/my/contacts:stop-papers"): CLIENT_ADMINS,
    ("POST", "/my/contacts:withdraw-domain"): CLIENT_ADMINS,
    ("POST", "/my/contacts:choose-language"): CLIENT_ADMINS,
}
"""Which people may open which page and send which form; a test compares it with the routes."""
