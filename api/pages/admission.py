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
CLIENT_ADMINS: Visitors = frozenset({PersonRole.CLIENT_ADMIN})
OF_A_CLIENT = CLIENT_ADMINS | {PersonRole.CLIENT}

SELLING = ADMINISTRATOR | {PersonRole.SALES}
SEES_SALES = SELLING | AUDITOR

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
    ("POST", "/account/codes"): ANYBODY,
    ("POST", "/account/codes:stop"): ANYBODY,
    ("POST", "/account/password"): ANYBODY,
    ("GET", "/audit"): ADMINISTRATOR | AUDITOR,
    ("GET", "/clients"): SEES_SALES,
    ("GET", "/clients/inn"): SELLING,
    ("GET", "/clients/new"): SELLING,
    ("POST", "/clients/new"): SELLING,
    ("GET", "/clients/{client_id}"): SEES_SALES,
    ("GET", "/clients/{client_id}/papers"): SEES_SALES,
    ("POST", "/clients/{client_id}:assign"): SELLING,
    ("POST", "/clients/{client_id}:mail-papers"): SELLING,
    ("GET", "/clients/{client_id}/contacts"): SELLING,
    ("POST", "/clients/{client_id}/contacts"): SELLING,
    ("GET", "/clients/{client_id}/entities"): SELLING,
    ("POST", "/clients/{client_id}/entities"): SELLING,
    ("GET", "/clients/{client_id}/registrations"): SELLING,
    ("POST", "/clients/{client_id}/registrations"): SELLING,
    ("GET", "/sales/new"): SELLING,
    ("POST", "/sales/new"): SELLING,
    ("POST", "/sales/preview"): SELLING,
    ("GET", "/sales/{subscription_id}"): SEES_SALES,
    ("GET", "/sales/{subscription_id}/papers"): SEES_SALES,
    ("POST", "/sales/{subscription_id}:send"): SELLING,
    ("GET", "/sales/{subscription_id}/renew"): SELLING,
    ("POST", "/sales/{subscription_id}:renew"): SELLING,
    ("POST", "/sales/{subscription_id}:offer"): SELLING,
    ("GET", "/sales/{subscription_id}/amend"): SELLING,
    ("POST", "/sales/{subscription_id}:amend"): SELLING,
    ("POST", "/sales/{subscription_id}:preview-amendment"): SELLING,
    ("GET", "/sales/{subscription_id}/cancel"): SELLING,
    ("POST", "/sales/{subscription_id}:cancel"): SELLING,
    ("POST", "/sales/{subscription_id}:preview-cancellation"): SELLING,
    ("GET", "/renewals"): SEES_SALES,
    ("GET", "/papers/{paper_id}/file"): SEES_SALES,
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
    ("POST", "/timers"): AT_THE_DESK,
    ("GET", "/timers/{timer_id}"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:pause"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:preview"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:resume"): AT_THE_DESK,
    ("POST", "/timers/{timer_id}:stop"): AT_THE_DESK,
    ("GET", "/work"): SEE_THE_DESK,
}
"""Which people may open which page and send which form; a test compares it with the routes."""
