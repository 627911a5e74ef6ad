"""Commands about the phrase of a contract that says who signs."""

from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database
from api.cli.language import Text
from api.cli.screen import facts, say
from api.cli.values import option

if TYPE_CHECKING:
    from contracts.parties import Entity, Seller

preamble = room("preamble", Text("Кто подписывает договор: преамбула", "Who signs a contract: the preamble"))
Phrase = Annotated[
    str | None,
    option("--phrase", "как напечатать; без неё как предложено", "as it is printed; as proposed without it"),
]


@taught(
    preamble,
    "show",
    Text("Показать преамбулу клиента или продавца.", "Show the preamble of a client or of a seller."),
    "abonement preamble show --inn 7707083893",
    "abonement preamble show --seller north",
)
def show(inn: options.AnyInn = None, kpp: options.Kpp = None, seller: options.SellerCode = None) -> None:
    """What contracts say about who signs, and what a person has to look at (P3)."""
    from api.database import reading
    from documents.preamble import preamble_of

    with database() as engine, reading(engine) as session:
        found = preamble_of(_party(session, inn, kpp, seller))
    facts(
        [
            (Text("Преамбула", "Preamble"), found.phrase or "—"),
            (Text("Утверждена", "Approved"), Text("да", "yes") if found.approved else Text("нет", "no")),
            (Text("Проверить", "Look at"), ", ".join(found.doubts)),
        ]
    )


@taught(
    preamble,
    "approve",
    Text("Утвердить преамбулу: её напечатают новые договоры.", "Approve a preamble: new contracts print it."),
    "abonement preamble approve --inn 7707083893",
    'abonement preamble approve --seller north --phrase "в лице директора Заяц Анны Ильиничны"',
)
def approve(
    phrase: Phrase = None, inn: options.AnyInn = None, kpp: options.Kpp = None, seller: options.SellerCode = None
) -> None:
    """Approve the phrase that is given, else the one that is proposed (P3)."""
    from api.database import transaction
    from contracts.approving_preambles import approve_entitys_preamble, approve_sellers_preamble
    from documents.preamble import preamble_of

    with database() as engine, transaction(engine) as session:
        party = _party(session, inn, kpp, seller)
        chosen = preamble_of(party).phrase if phrase is None else phrase
        approving = approve_sellers_preamble if inn is None else approve_entitys_preamble
        said = approving(session, party.id, chosen).signatory_phrase
    say(Text(f"Напечатают: {said}.", f"Will be printed: {said}."))


@taught(
    preamble,
    "english",
    Text(
        "Показать, как клиента или продавца называют английские документы; изменить: client change, seller change.",
        "Show what English papers call a client or a seller; to change it: client change, seller change.",
    ),
    "abonement preamble english --inn 7707083893",
    "abonement preamble english --seller north",
)
def english(inn: options.AnyInn = None, kpp: options.Kpp = None, seller: options.SellerCode = None) -> None:
    """What English papers print of a party (P3)."""
    from api.database import reading
    from documents.drawing_parties import party_sheet
    from documents.words import Language

    with database() as engine, reading(engine) as session:
        sheet = party_sheet(_party(session, inn, kpp, seller))
    facts(
        [
            (Text("Название", "Name"), sheet.official(Language.EN)),
            (Text("Подписывает", "Signs"), sheet.signatory_name_en or sheet.signatory_name),
            (Text("Должность", "Post"), sheet.signatory_post_en or sheet.signatory_post),
            (Text("Основание", "Ground"), sheet.signatory_basis_en or sheet.signatory_basis),
        ]
    )


def _party(session: Any, inn: str | None, kpp: str | None, seller: str | None) -> "Entity | Seller":
    """The client's entity of that INN, else the seller."""
    from api.cli.naming import entity_named, seller_named

    return seller_named(session, seller) if inn is None else entity_named(session, inn, kpp)
