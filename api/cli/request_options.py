"""Options of what is asked about a request at the desk."""

from typing import Annotated

from api.cli.language import Text
from api.cli.values import option

Priority = Annotated[
    str | None,
    option("--priority", "срочность, как в плане", "priority, as in the plan", metavar=Text("КОД", "CODE")),
]
