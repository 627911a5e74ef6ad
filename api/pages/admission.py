"""Who may enter which page: the one table of every page and form; whatever it does not name is shut."""

from api.roles import PersonRole

Visitors = frozenset[PersonRole]

ADMINISTRATOR: Visitors = frozenset({PersonRole.ADMIN})
AUDITOR: Visitors = frozenset({PersonRole.AUDITOR})
KEEPS_BOOKS: Visitors = ADMINISTRATOR | {PersonRole.ACCOUNTANT}
SEES_BOOKS = KEEPS_BOOKS | AUDITOR
DECIDES_OBJECTIONS = KEEPS_BOOKS | {PersonRole.SALES}
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
    ("GET", "/months"): SEES_BOOKS,
    ("GET", "/months/{month}"): SEES_BOOKS,
    ("POST", "/months/{month}:close"): KEEPS_BOOKS,
    ("GET", "/payments"): SEES_BOOKS,
    ("GET", "/payments/new"): KEEPS_BOOKS,
    ("POST", "/payments/new"): KEEPS_BOOKS,
    ("GET", "/payments/bank"): SEES_BOOKS,
    ("POST", "/payments/bank"): KEEPS_BOOKS,
    ("POST", "/payments/bank:preview"): KEEPS_BOOKS,
    ("GET", "/payments/bank/{bank_line_id}"): SEES_BOOKS,
    ("POST", "/payments/bank/{bank_line_id}:assign"): KEEPS_BOOKS,
    ("POST", "/payments/bank/{bank_line_id}:set-aside"): KEEPS_BOOKS,
    ("POST", "/payments/bank/{bank_line_id}:take-back"): KEEPS_BOOKS,
    ("GET", "/payments/{payment_id}"): SEES_BOOKS,
    ("POST", "/payments/{payment_id}:put"): KEEPS_BOOKS,
    ("POST", "/payments/{payment_id}:reverse"): KEEPS_BOOKS,
    ("GET", "/invoices"): SEES_BOOKS,
    ("GET", "/invoices/{invoice_id}"): SEES_BOOKS,
    ("GET", "/papers"): SEES_BOOKS,
    ("GET", "/papers/{paper_id}"): SEES_BOOKS,
    ("GET", "/papers/{paper_id}/file"): SEES_BOOKS,
    ("POST", "/papers/{paper_id}:print"): KEEPS_BOOKS,
    ("POST", "/papers/{paper_id}/scans"): KEEPS_BOOKS,
    ("GET", "/papers/{paper_id}/scans/{scan_id}"): SEES_BOOKS,
    ("GET", "/exports/{month}/papers.zip"): SEES_BOOKS,
    ("GET", "/exports/{month}/books.zip"): SEES_BOOKS,
    ("GET", "/exports/{month}/journal.csv"): SEES_BOOKS,
    ("GET", "/exports/{month}/journal.xlsx"): SEES_BOOKS,
    ("GET", "/objections"): DECIDES_OBJECTIONS | AUDITOR,
    ("GET", "/objections/{objection_id}"): DECIDES_OBJECTIONS | AUDITOR,
    ("POST", "/objections/{objection_id}:comment"): DECIDES_OBJECTIONS,
    ("POST", "/objections/{objection_id}:decide"): DECIDES_OBJECTIONS,
    ("GET", "/people"): ADMINISTRATOR,
    ("POST", "/people"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:change"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:invite"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:stop-codes"): ADMINISTRATOR,
}
"""Which people may open which page and send which form; a test compares it with the routes."""
