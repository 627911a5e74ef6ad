"""What each role may do: the tables of every endpoint and every page; whatever they do not name is forbidden."""

from fastapi import Request

from api.identity import Principal, principal_of
from api.roles import PersonRole, Role
from contracts.errors import Refusal

Roles = frozenset[Role]

NOBODY: Roles = frozenset()
ADMIN: Roles = frozenset({Role.ADMIN})
SALES = ADMIN | {Role.SALES}
BOOKS = ADMIN | {Role.ACCOUNTANT}
STAFF = SALES | BOOKS
DESK = ADMIN | {Role.DESK}
CHECKS = DESK | {Role.SALES, Role.VERDICT}
READERS = STAFF | {Role.CLIENT}

PUBLIC = {
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/docs"),
    ("GET", "/docs/{asset}"),
    ("GET", "/health"),
    ("GET", "/health/ready"),
    ("GET", "/openapi.json"),
    ("GET", "/paper"),
    ("POST", "/paper/file"),
    ("GET", "/verify"),
    ("GET", "/verify/statements/{sha256}"),
}
"""The endpoints that need no key: they say nothing about anybody, but to who holds a statement what it says itself,
and to who has the token of a letter the paper that it opens."""

FEED = ("GET", "/v1/pipeline.ics")
"""What calendar programs ask for again and again: the one place where a key may come as a password (HTTP Basic)."""

ALLOWED: dict[tuple[str, str], Roles] = {
    ("POST", "/v1/sellers"): ADMIN,
    ("GET", "/v1/sellers"): STAFF,
    ("POST", "/v1/sellers/{seller_id}:follow-payments"): ADMIN,
    ("GET", "/v1/sellers/{seller_id}/preamble"): STAFF,
    ("POST", "/v1/sellers/{seller_id}:approve-preamble"): ADMIN,
    ("GET", "/v1/sellers/{seller_id}/form"): STAFF,
    ("POST", "/v1/sellers/{seller_id}/forms"): ADMIN,
    ("POST", "/v1/sellers/{seller_id}/forms:preview"): ADMIN,
    ("GET", "/v1/entities/{entity_id}/preamble"): STAFF,
    ("POST", "/v1/entities/{entity_id}:approve-preamble"): SALES,
    ("GET", "/v1/plans"): STAFF,
    ("GET", "/v1/products"): STAFF,
    ("GET", "/v1/packages"): STAFF,
    ("POST", "/v1/clients"): SALES,
    ("GET", "/v1/clients"): STAFF,
    ("GET", "/v1/clients/{client_id}"): STAFF,
    ("POST", "/v1/clients/{client_id}:assign"): SALES,
    ("POST", "/v1/clients/{client_id}/entities"): SALES,
    ("POST", "/v1/clients/{client_id}/contacts"): SALES,
    ("POST", "/v1/clients/{client_id}/domains"): SALES,
    ("POST", "/v1/clients/{client_id}:withdraw-domain"): SALES,
    ("GET", "/v1/clients/{client_id}/coverage"): READERS | DESK,
    ("GET", "/v1/clients/{client_id}/offline-pass"): DESK,
    ("GET", "/v1/clients/{client_id}/replay"): SALES,
    ("GET", "/v1/clients/{client_id}/replay.html"): SALES,
    ("GET", "/v1/changes"): READERS | DESK,
    ("POST", "/v1/registrations"): SALES,
    ("POST", "/v1/free-periods"): SALES,
    ("POST", "/v1/register:reconcile"): STAFF,
    ("GET", "/v1/free-periods"): STAFF,
    ("POST", "/v1/subscriptions"): SALES,
    ("POST", "/v1/subscriptions:preview"): SALES,
    ("GET", "/v1/subscriptions/{subscription_id}"): READERS,
    ("POST", "/v1/subscriptions/{subscription_id}:renew"): SALES,
    ("POST", "/v1/subscriptions/{subscription_id}:claim-gap"): SALES,
    ("GET", "/v1/subscriptions/{subscription_id}/renewal-choices"): READERS,
    ("POST", "/v1/subscriptions/{subscription_id}:amend"): SALES,
    ("POST", "/v1/subscriptions/{subscription_id}:preview-amendment"): SALES,
    ("POST", "/v1/subscriptions/{subscription_id}:cancel"): SALES,
    ("POST", "/v1/subscriptions/{subscription_id}:mark-paid"): STAFF,
    ("POST", "/v1/subscriptions/{subscription_id}:preview-cancellation"): SALES,
    ("GET", "/v1/subscriptions/{subscription_id}/renewal-choices.html"): READERS,
    ("POST", "/v1/subscriptions/{subscription_id}:offer"): SALES,
    ("GET", "/v1/contracts/{contract_id}/calendar"): READERS,
    ("POST", "/v1/contracts/{contract_id}/packages"): SALES,
    ("POST", "/v1/contracts/{contract_id}:mark-signed"): SALES,
    ("GET", "/v1/pipeline"): STAFF,
    ("GET", "/v1/pipeline.csv"): STAFF,
    ("GET", "/v1/pipeline.xlsx"): STAFF,
    ("GET", "/v1/renewal-reports/{month}"): STAFF,
    ("GET", "/v1/renewal-reports/{month}.csv"): STAFF,
    ("POST", "/v1/sellers/{seller_id}:choose-reminders"): ADMIN,
    ("GET", "/v1/subscriptions/{subscription_id}/reminders"): STAFF,
    ("POST", "/v1/sellers/{seller_id}:choose-dunning"): ADMIN,
    ("GET", "/v1/invoices/{invoice_id}/dunning"): STAFF,
    ("GET", "/v1/hour-warnings"): STAFF,
    ("POST", "/v1/manager-addresses"): SALES,
    FEED: STAFF | {Role.CALENDAR},
    ("POST", "/v1/shadow-plans"): SALES,
    ("GET", "/v1/shadow-plans"): SALES,
    ("GET", "/v1/shadow-plans/{shadow_plan_id}/report"): SALES,
    ("POST", "/v1/shadow-plans/{shadow_plan_id}:end"): SALES,
    ("GET", "/v1/reports/hours"): STAFF,
    ("GET", "/v1/reports/hours.csv"): STAFF,
    ("GET", "/v1/reports/hours.xlsx"): STAFF,
    ("GET", "/v1/reports/denied-demand"): STAFF,
    ("GET", "/v1/reports/denied-demand.csv"): STAFF,
    ("GET", "/v1/reports/denied-demand.xlsx"): STAFF,
    ("GET", "/v1/reports/profitability"): BOOKS,
    ("GET", "/v1/reports/profitability.csv"): BOOKS,
    ("GET", "/v1/reports/profitability.xlsx"): BOOKS,
    ("POST", "/v1/reconciliation-acts"): BOOKS,
    ("GET", "/v1/accounting/{month}.zip"): BOOKS,
    ("GET", "/v1/journals/{month}"): BOOKS,
    ("GET", "/v1/journals/{month}.csv"): BOOKS,
    ("GET", "/v1/journals/{month}.xlsx"): BOOKS,
    ("POST", "/v1/engineer-rates"): BOOKS,
    ("GET", "/v1/engineer-rates"): BOOKS,
    ("POST", "/v1/grants"): ADMIN,
    ("POST", "/v1/grants/{grant_id}:void"): ADMIN,
    ("POST", "/v1/blocks"): ADMIN,
    ("POST", "/v1/blocks/{block_id}:lift"): ADMIN,
    ("POST", "/v1/overrides"): ADMIN | {Role.SALES},
    ("POST", "/v1/overrides/{override_id}:end"): ADMIN | {Role.SALES},
    ("GET", "/v1/clients/{client_id}/overrides"): STAFF,
    ("GET", "/v1/clients/{client_id}/goodwill"): DESK | STAFF,
    ("POST", "/v1/goodwill-allowances"): SALES,
    ("GET", "/v1/over-limit-cases"): DESK | STAFF,
    ("GET", "/v1/over-limit-cases/{case_id}"): DESK | STAFF,
    ("POST", "/v1/over-limit-cases/{case_id}:decide"): SALES,
    ("POST", "/v1/over-limit-cases:decide"): SALES,
    ("POST", "/v1/entitlement-checks"): CHECKS,
    ("POST", "/v1/entitlement-checks:batch"): CHECKS,
    ("GET", "/v1/entitlement-checks/{decision_id}"): CHECKS,
    ("GET", "/v1/holds"): DESK | STAFF,
    ("POST", "/v1/holds/{hold_id}:settle"): DESK,
    ("POST", "/v1/holds/{hold_id}:release"): DESK,
    ("POST", "/v1/holds/{hold_id}:extend"): DESK,
    ("POST", "/v1/offline-uses"): DESK,
    ("GET", "/v1/offline-uses"): STAFF,
    ("POST", "/v1/offline-uses/{offline_use_id}:review"): STAFF,
    ("POST", "/v1/service-uses/{use_id}:give-back"): DESK,
    ("GET", "/v1/timers"): DESK | STAFF,
    ("POST", "/v1/timers"): DESK,
    ("POST", "/v1/timers/{timer_id}:pause"): DESK,
    ("POST", "/v1/timers/{timer_id}:resume"): DESK,
    ("POST", "/v1/timers/{timer_id}:stop"): DESK,
    ("POST", "/v1/work-entries"): DESK,
    ("POST", "/v1/work-entries:preview"): DESK | {Role.SALES},
    ("POST", "/v1/work-entries:edit"): DESK,
    ("GET", "/v1/work-approvals"): READERS,
    ("POST", "/v1/work-entries/{entry_id}:approve"): READERS,
    ("POST", "/v1/work-entries/{entry_id}:object"): READERS,
    ("GET", "/v1/work-overlaps"): ADMIN | STAFF,
    ("POST", "/v1/work-entries:preview-edit"): DESK | {Role.SALES},
    ("POST", "/v1/months/{month}:close"): BOOKS,
    ("GET", "/v1/months/{month}"): STAFF,
    ("GET", "/v1/statements/{statement_id}"): READERS,
    ("POST", "/v1/statements/{statement_id}:object"): READERS,
    ("POST", "/v1/statements/{statement_id}:accept"): READERS,
    ("GET", "/v1/objections"): READERS,
    ("GET", "/v1/objections/{objection_id}"): READERS,
    ("POST", "/v1/objections/{objection_id}:comment"): READERS,
    ("POST", "/v1/objections/{objection_id}:decide"): STAFF,
    ("GET", "/v1/invoices/{invoice_id}"): STAFF,
    ("GET", "/v1/acts/{act_id}"): STAFF,
    ("GET", "/v1/credit-notes/{credit_note_id}"): STAFF,
    ("POST", "/v1/payments"): BOOKS,
    ("GET", "/v1/payments"): STAFF,
    ("POST", "/v1/payments/{payment_id}:put"): BOOKS,
    ("POST", "/v1/payments/{payment_id}:reverse"): BOOKS,
    ("POST", "/v1/bank-accounts"): BOOKS,
    ("POST", "/v1/bank-files"): BOOKS,
    ("POST", "/v1/bank-files:preview"): BOOKS,
    ("GET", "/v1/bank-lines"): BOOKS,
    ("POST", "/v1/bank-lines/{bank_line_id}:assign"): BOOKS,
    ("POST", "/v1/bank-lines/{bank_line_id}:set-aside"): BOOKS,
    ("POST", "/v1/bank-lines/{bank_line_id}:take-back"): BOOKS,
    ("POST", "/v1/webhooks"): ADMIN,
    ("GET", "/v1/webhooks"): ADMIN,
    ("POST", "/v1/webhooks/{webhook_id}:rotate-secret"): ADMIN,
    ("POST", "/v1/webhooks/{webhook_id}:disable"): ADMIN,
    ("POST", "/v1/webhooks/{webhook_id}:enable"): ADMIN,
    ("GET", "/v1/webhook-deliveries"): ADMIN,
    ("POST", "/v1/webhook-deliveries/{delivery_id}:resend"): ADMIN,
    ("POST", "/v1/mappings"): ADMIN,
    ("POST", "/v1/books"): ADMIN,
    ("POST", "/v1/books:preview"): ADMIN,
    ("GET", "/v1/export"): ADMIN,
    ("POST", "/v1/clients/{client_id}:choose-paper-address"): SALES,
    ("POST", "/v1/clients/{client_id}:withdraw-paper-address"): SALES,
    ("GET", "/v1/letters"): STAFF,
    ("POST", "/v1/letters"): STAFF,
    ("GET", "/v1/bounces"): STAFF,
    ("POST", "/v1/bounces"): STAFF,
    ("POST", "/v1/bounces:clear"): STAFF,
    ("POST", "/v1/letters/{letter_id}:resend"): STAFF,
    ("POST", "/v1/letters/{letter_id}:revoke-links"): STAFF,
    ("POST", "/v1/scans"): STAFF,
    ("GET", "/v1/scans"): STAFF,
    ("GET", "/v1/scans/{scan_id}/file"): STAFF,
    ("GET", "/v1/papers"): READERS,
    ("GET", "/v1/papers/{month}.zip"): STAFF,
    ("GET", "/v1/papers/{paper_id}"): READERS,
    ("GET", "/v1/papers/{paper_id}/file"): READERS,
    ("GET", "/v1/papers/{paper_id}/factur-x.xml"): READERS,
}
"""Which roles may call which endpoint; a test compares it with the routes and with the documentation."""


Visitors = frozenset[PersonRole]

ADMINISTRATOR: Visitors = frozenset({PersonRole.ADMIN})
AUDITOR: Visitors = frozenset({PersonRole.AUDITOR})
ANYBODY: Visitors = frozenset(PersonRole)
NO_VISITOR: Visitors = frozenset()
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
    ("GET", "/people"): ADMINISTRATOR,
    ("POST", "/people"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:change"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:invite"): ADMINISTRATOR,
    ("POST", "/people/{person_id}:stop-codes"): ADMINISTRATOR,
}
"""Which people may open which page and send which form; a test compares it with the routes."""


async def authorise(request: Request, path: str) -> Principal | None:
    """Who may go on to the endpoint at `path` (as it is declared); none where anybody may.

    Raises `Refusal` with ROLE_NOT_ALLOWED, or those of `principal_of`. An endpoint that is in neither table lets
    nobody in.
    """
    place = (request.method, path)
    if place in PUBLIC:
        return None
    principal = await principal_of(request, as_password=place == FEED)
    if principal.role not in ALLOWED.get(place, NOBODY):
        raise Refusal("ROLE_NOT_ALLOWED", role=principal.role)
    return principal
