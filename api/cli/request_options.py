"""Options of what is asked about a request at the desk."""

from typing import Annotated

from api.cli.language import Text
from api.cli.values import one_of, option, whole
from contracts import policies
from contracts.support_lines import SELF_SERVICE, SUPPORT_LINES, VENDOR

_LINES = {
    language: ", ".join(f"{line.number} {getattr(line, name).lower()}" for line in SUPPORT_LINES.values())
    for language, name in (("ru", "name"), ("en", "name_en"))
}

ExternalId = Annotated[
    str | None,
    option(
        "--external-id",
        "найти клиента по коду в вашей системе",
        "find the client by its id in your system",
        metavar=Text("код", "code"),
    ),
]
Email = Annotated[
    str | None,
    option(
        "--email",
        "найти клиента по почте контакта или по домену",
        "find the client by a contact's e-mail or its domain",
    ),
]
Phone = Annotated[
    str | None,
    option("--phone", "найти клиента по телефону контакта", "find the client by a contact's phone"),
]
AskerEmail = Annotated[
    str | None,
    option(
        "--contact-email",
        "кто обратился, по почте: часть планов обслуживает лишь названных клиентом",
        "who asks, by e-mail: some plans serve only those whom the client named",
    ),
]
AskerPhone = Annotated[
    str | None,
    option("--contact-phone", "кто обратился, по телефону", "who asks, by phone"),
]
Priority = Annotated[
    str | None,
    option("--priority", "срочность, как в плане", "priority, as in the plan", metavar=Text("код", "code")),
]
Feature = Annotated[
    str | None,
    option(
        "--feature",
        "код услуги самой по себе: входит ли и сколько осталось",
        "code of a service by itself: is it included, and how many are left",
        metavar=Text("код", "code"),
    ),
]
Channel = Annotated[
    str | None,
    option(
        "--channel", "канал обращения", "channel of the request", one_of(*policies.Channel), "|".join(policies.Channel)
    ),
]
Line = Annotated[
    int,
    option(
        "--line",
        f"линия поддержки: {_LINES['ru']}",
        f"support line: {_LINES['en']}",
        whole(SELF_SERVICE, VENDOR),
        f"{SELF_SERVICE}-{VENDOR}",
    ),
]
