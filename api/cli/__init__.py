"""The command line: `abonement`. Its modules import what they need only when a command runs, so that help is quick."""

from api.cli import (  # noqa: F401 - each adds its commands
    blocking,
    cancelling,
    closing,
    demo,
    desk,
    importing,
    installing,
    keys,
    papers,
    parties,
    pipeline,
    reconciling,
    reminding,
    renewals,
    running,
    selling,
    working,
)
from api.cli.counter import app

__all__ = ["app", "main"]


def main() -> None:
    """Run what was typed."""
    app()
