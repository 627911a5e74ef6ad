"""Purposes as people write them, and the invoices that they name (M5)."""

from datetime import date

import pytest

from billing.purpose import Named, read_purpose

OCTOBER = date(2026, 10, 5)
ONE, TWO = "2026-0012", "2026-0013"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Оплата по счету № 2026-0012 от 05.10.2026. В т.ч. НДС 22% - 703.28", Named((ONE,))),
        ("Оплата по сч.2026-0012", Named((ONE,))),
        ("счёт 2026 — 0012", Named((ONE,))),
        ("Счета №№2026-0012, 2026-0013; 2026-0012", Named((ONE, TWO))),
        ("Payment of invoices 2026-0012 and 2026-0013", Named((ONE, TWO))),
        ("2026-0012", Named((ONE,))),
        ("Оплата счета № 12 от 05.10.2026 за услуги", Named((), ((12, OCTOBER),))),
        ("Invoice 0012 dated 05.10.2026", Named((), ((12, OCTOBER),))),
        ("по договору № 2026-0012 от 01.10.2026, счет 2026-0013", Named((TWO,))),
        ("по договору 2026-0012", Named()),
        ("По акту 2026-0012 и сч.-фактуре", Named()),
        ("Счет-фактура № 12 от 05.10.2026", Named()),
        ("по договору № 12 от 05.10.2026", Named()),
        ("Contract 2026-0012, invoice 2026-0013", Named((TWO,))),
        ("Оплата счета № 12 от 31.02.2026", Named()),
        ("Перевод на расчетный счет 40702810438000060473", Named()),
        ("Контракт за 2026-10, этап 2026-10-05", Named()),
        ("Заказ A-2026-0012-7 12026-0012", Named()),
        ("", Named()),
    ],
)
def test_which_invoices_a_purpose_names_m5(text: str, named: Named) -> None:
    assert read_purpose(text) == named
