"""How the product logs: one line an event, with tracebacks but never with the values in them."""

import sys

import structlog


def configure_logs() -> None:
    """Log to standard error in key=value form; a traceback shows code only, since its values may be secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
