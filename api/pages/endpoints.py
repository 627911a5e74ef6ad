"""All pages, as the application takes them in."""

from api.pages import (
    account,
    audit,
    doors,
    keys,
    people,
    provider,
    settings,
    webhooks,
)

PAGE_ENDPOINTS = (
    doors,
    provider,
    account,
    people,
    audit,
    settings,
    keys,
    webhooks,
)
