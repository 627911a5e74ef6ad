"""The numbered clauses of the contract that the desk's rules stand in, so that an answer can name its paragraph."""

# One mapping per version of the contract's template: an issued paper keeps its numbers (P2).
_CLAUSES = {
    1: {
        "PRODUCT_COVERED": "2.1",
        "SERVICE_INCLUDED": "2.2",
        "CONTRACT_RUNS": "3.1",
        "PAYMENT_IN_TIME": "4.3",
        "MINUTES_AVAILABLE": "5.1",
        "OVER_LIMIT": "5.7",
        "OVERRUN_WITHIN_LIMIT": "5.8",
        "RENEWAL": "6.1",
        "GRACE": "6.3",
        "NOT_SUSPENDED": "6.5",
    }
}


def clause(subject: str, version: int = 1) -> str:
    """The number of the clause about `subject` in that version of the contract, "2.1"; KeyError for others."""
    return _CLAUSES[version][subject]


def subjects(version: int = 1) -> tuple[str, ...]:
    """Every subject that has a clause of its own."""
    return tuple(_CLAUSES[version])
