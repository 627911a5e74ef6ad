"""Who signs in to the pages of the demonstration: one person of each role, all with the same password."""

from api.database import transaction
from api.demonstration.stage import TODAY, Stage, moment
from api.inviting import OF_CLIENTS, add_person
from api.roles import PersonRole
from api.signing_in import choose_password

PASSWORD = "two-blue-umbrellas"
"""Of the demonstration alone: an installation has no password until a person chooses one."""
WHOSE = "romashka"
"""The client whose people sign in too."""
PEOPLE = (
    ("sales@north.example", "Котова И. Л.", PersonRole.SALES),
    ("desk@north.example", "Белов А. С.", PersonRole.DESK),
    ("client@north.example", "Иванова М. П.", PersonRole.CLIENT_ADMIN),
    ("engineer@north.example", "Громов П. Д.", PersonRole.ENGINEER),
    ("accountant@north.example", "Сомова Т. В.", PersonRole.ACCOUNTANT),
    ("auditor@north.example", "Резник О. Я.", PersonRole.AUDITOR),
    ("admin@north.example", "Мартынюк Н. А.", PersonRole.ADMIN),
)


def let_people_in(stage: Stage) -> None:
    """One person of each role, who may sign in at once."""
    at = moment(TODAY, "09:00")
    with transaction(stage.engine) as session:
        for email, name, role in PEOPLE:
            client_id = stage.clients[WHOSE] if role in OF_CLIENTS else None
            person = add_person(session, email, name, role, client_id=client_id, at=at)
            choose_password(session, person, PASSWORD, but=None, at=at)
