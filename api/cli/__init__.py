"""The command line: `abonement`. Its modules import what they need only when a command runs, so that help is quick."""

# isort: off - each adds its commands, in the order of help
from api.cli import blocking, closing, desk, installing, keys, papers, parties, running, selling, working  # noqa: F401

# isort: on
from api.cli.counter import app

__all__ = ["app", "main"]


def main() -> None:
    """Run what was typed."""
    app()
