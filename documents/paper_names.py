"""What files of papers are called: "ООО Ромашка — акт 2026-0024.pdf"."""

import re

KINDS: dict[str, dict[str, str]] = {
    "ru": {
        "contract": "договор",
        "agreement": "соглашение",
        "invoice": "счёт",
        "act": "акт",
        "statement": "отчёт о часах",
        "credit_note": "кредит-нота",
        "certificate": "сертификат",
        "offer": "предложение",
        "reconciliation": "акт сверки",
    },
    "en": {
        "contract": "contract",
        "agreement": "agreement",
        "invoice": "invoice",
        "act": "act",
        "statement": "statement of hours",
        "credit_note": "credit note",
        "certificate": "certificate",
        "offer": "offer",
        "reconciliation": "reconciliation act",
    },
}


LONGEST_NAME = 161
"""Bytes of a name, so that " (1234567890) — подписан.jpg" behind it leaves it below 200: most systems take 255."""


def paper_name(client: str, language: str, called: str, number: str) -> str:
    """The name of a paper's file without its ending, in the paper's language, on any system.

    Of a long name of a client the end is cut off; of which paper it is stays.
    """
    paper = f" — {KINDS[language][called]} {plain_name(number)}"
    left = LONGEST_NAME - len(paper.encode())
    return plain_name(client).encode()[:left].decode(errors="ignore").rstrip() + paper


def plain_name(text: str) -> str:
    """The text as part of a file's name on any system."""
    return " ".join(re.sub(r"[^\w\s.,()-]", "", text).split())
