"""The command line: `abonement`. Its modules import what they need only when a command runs, so that help is quick."""

from api.cli import (  # noqa: F401 - each adds its commands
    amending,
    approving,
    assisting,
    blocking,
    book_importing,
    bookkeeping,
    bouncing,
    cancelling,
    case_deciding,
    closing,
    demo,
    desk,
    editing_work,
    exporting,
    free_periods,
    goodwill,
    holding,
    importing,
    installing,
    keys,
    letters,
    objecting,
    offering,
    offline,
    overriding,
    papers,
    parties,
    paying,
    pipeline,
    plans,
    preambles,
    receipt_keys,
    reconciling,
    register,
    reminding,
    renewals,
    replaying,
    reporting,
    running,
    scanning,
    selling,
    shadowing,
    signing,
    timing,
    uses,
    verifying,
    warning,
    watching_overlaps,
    webhooks,
    working,
)
from api.cli.counter import app

__all__ = ["app", "main"]


def main() -> None:
    """Run what was typed."""
    app()
