"""How people who sign in are named on the command line."""

from typing import Annotated

from api.cli.language import Text
from api.cli.values import argument, one_of, option

PersonEmail = Annotated[str, argument("почта человека", "the person's e-mail", Text("ПОЧТА", "EMAIL"))]
PersonName = Annotated[str, argument("имя человека", "the person's name", Text("ИМЯ", "NAME"))]
PERSON_ROLES = ("admin", "sales", "desk", "engineer", "accountant", "auditor", "client", "client_admin")
PersonRole = Annotated[
    str,
    option(
        "--role",
        f"роль: {', '.join(PERSON_ROLES)}",
        f"role: {', '.join(PERSON_ROLES)}",
        one_of(*PERSON_ROLES),
        Text("роль", "role"),
    ),
]
