"""Who may enter which page: the one table of every page and form; whatever it does not name is shut."""

from api.roles import PersonRole

Visitors = frozenset[PersonRole]

ADMINISTRATOR: Visitors = frozenset({PersonRole.ADMIN})
AUDITOR: Visitors = frozenset({PersonRole.AUDITOR})
AT_THE_DESK: Visitors = ADMINISTRATOR | {PersonRole.DESK, PersonRole.ENGINEER}
"""Who answers clients, accepts tickets and does the work."""
SEE_THE_DESK = AT_THE_DESK | AUDITOR
SEE_CASES = SEE_THE_DESK | {PersonRole.SALES, PersonRole.ACCOUNTANT}
DECIDE_CASES: Visitors = ADMINISTRATOR | {PersonRole.SALES}
SEE_PRICES: Visitors = frozenset({PersonRole.ADMIN, PersonRole.SALES, PersonRole.ACCOUNTANT, PersonRole.AUDITOR})
"""Who is told what work costs; the desk speaks of hours."""
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
    ("POST", "/sign-out"),
    ("GET", "/welcome"),
    ("POST", "/welcome"),
    ("POST", "/language"),
}
"""The doors of the pages, where one signs in and out: open to anybody."""

PAGES: dict[tuple[str, str], Visitors] = {
    ("GET", "/account"): ANYBODY,
    ("POST", "/account/codes"): ANYBODY,
    ("POST", "/account/codes:stop"): ANYBODY,
    ("POST", "/account/password"): ANYBODY,
    ("GET", "/audit"): ADMINISTRATOR | AUDITOR,
    ("GET", "/cases"): SEE_CASES,
    ("GET", "/cases/{case_id}"): SEE_CASES,
    ("POST", "/cases/{case_id}:decide"): DECIDE_CASES,
    ("GET", "/desk"): SEE_THE_DESK,
    ("GET", "/desk/{client_id}"): SEE_THE_DESK,
    ("POST", "/desk/{client_id}:accept"): AT_THE_DESK,
    ("POST", "/desk/{client_id}:answer"): AT_THE_DESK,
    ("GET", "/holds/{hold_id}"): SEE_THE_DESK,
    ("POST", "/holds/{hold_id}:extend"): AT_THE_DESK,
    ("POST", "/holds/{hold_id}:release"): AT_THE_DESK,
    ("POST", "/holds/{hold_id}:settle"): AT_THE_DESK,
    ("POST", "/jobs"): AT_THE_DESK,
    ("GET", "/jobs/new"): AT_THE_DESK,
    ("POST", "/jobs:preview"): AT_THE_DESK,
    ("GET", "/people"): ADMINISTRATOR,
    ("POST", "/people"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:change"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:invite"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:stop-codes"): ADMINISTRATOR,
    ("POST", "/timers"): AT_THE_DESK,
    ("GET", "/timers/{timer_id}"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:pause"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:preview"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:resume"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:stop"): AT_THE_DESK,
    ("GET", "/work"): SEE_THE_DESK,
}
"""Which people may open which page and send which form; a test compares it with the routes."""
