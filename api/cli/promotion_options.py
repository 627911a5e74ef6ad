"""The option that names a promotion, for selling and renewing."""

from typing import Annotated

from api.cli.options import CODE
from api.cli.values import option

Promotion = Annotated[
    str | None,
    option(
        "--promotion", "акция, по цене которой продаётся срок: 8+4", "promotion whose price is paid: 8+4", metavar=CODE
    ),
]
