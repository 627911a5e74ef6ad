"""The state of an invoice is computed: what credit notes take off is not asked for any more (M4, M5)."""

import pytest

from billing.settling import InvoiceStanding, InvoiceState
from contracts.money import Money


@pytest.mark.parametrize(
    ("credited", "paid", "left", "state"),
    [
        (0, 0, 100, InvoiceState.OPEN),
        (0, 1, 99, InvoiceState.PARTLY_PAID),
        (0, 100, 0, InvoiceState.PAID),
        (60, 40, 0, InvoiceState.PAID),
        (60, 39, 1, InvoiceState.PARTLY_PAID),
        (100, 0, 0, InvoiceState.PAID),
    ],
)
def test_what_is_left_of_an_invoice_m4_m5(credited: int, paid: int, left: int, state: InvoiceState) -> None:
    standing = InvoiceStanding(Money(100), Money(credited), Money(paid))
    assert (standing.left, standing.state) == (Money(left), state)
