"""Commands that change requisites, and that issue a paper again that named a party wrong."""

from typing import Annotated, Any

from api.cli import options
from api.cli.counter import taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.papers import PaperId, papers
from api.cli.parties import client, seller
from api.cli.repeating import once
from api.cli.requisites import with_changes
from api.cli.screen import say, table
from api.cli.values import argument, option

Whose = Annotated[
    str, argument("ИНН организации, какой она заведена", "INN of the entity as it was taken in", Text("ИНН", "INN"))
]
OldKpp = Annotated[
    str | None, option("--kpp-now", "нынешний КПП, если организаций с этим ИНН несколько", "its KPP now, of several")
]
By = Annotated[str, option("--by", "кто исправляет", "who corrects it")]
CHANGED_NOW = Text(
    "Новые документы печатаются с новыми реквизитами. Исправить выпущенный: abonement papers correct.",
    "New papers print the new requisites. To correct an issued one: abonement papers correct.",
)


@taught(
    client,
    "change",
    Text("Изменить реквизиты организации клиента.", "Change the requisites of a client's entity."),
    'abonement client change 7707083893 --address "300041, г. Тула, пр-т Ленина, д. 1" --kpp 710601001',
    'abonement client change 7707083893 --signatory-name "Дёмин Олег Викторович" --phone ""',
)
@with_changes
def change_client(inn: Whose, kpp_now: OldKpp = None, *, requisites: dict[str, str]) -> None:
    """Change what papers print of an entity from now on; an empty value is taken away (P2)."""
    from api.cli.naming import entity_named
    from api.database import transaction
    from contracts.changing_requisites import change_entity

    with database() as engine, transaction(engine) as session:
        changed = change_entity(session, entity_named(session, inn, kpp_now).id, requisites)
    say(Text(f"{changed.name}: изменено.", f"{changed.name}: changed."))
    say(CHANGED_NOW)


@taught(
    seller,
    "change",
    Text("Изменить реквизиты продавца.", "Change the requisites of a seller."),
    'abonement seller change north --bank "ПАО Сбербанк" --bic 044525225 --account 40702810938000060473',
)
@with_changes
def change_seller(code: options.Code, *, requisites: dict[str, str]) -> None:
    """Change what papers print of a seller from now on; an empty value is taken away (P2)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from contracts import changing_requisites

    with database() as engine, transaction(engine) as session:
        changed = changing_requisites.change_seller(session, seller_named(session, code).id, requisites)
    say(Text(f"{changed.name}: изменено.", f"{changed.name}: changed."))
    say(CHANGED_NOW)


@taught(
    papers,
    "correct",
    Text(
        "Выпустить документ заново с нынешними реквизитами сторон; прежний тоже хранится.",
        "Issue a paper again with the parties' requisites as they are now; the one before is kept.",
    ),
    'abonement papers correct 41 --by "Котова И. Л." --reason "Клиент переехал" --dry-run',
    'abonement papers correct 41 --by "Котова И. Л." --reason "Клиент переехал"',
)
def correct(
    paper_id: PaperId, by: By, reason: options.Reason, key: options.Key = None, dry_run: options.DryRun = False
) -> None:
    """Correct an issued paper, or show what that would change (P2)."""
    from api.database import reading
    from documents.correcting import changes_of, correct_paper
    from documents.requisite_names import REQUISITE_NAMES

    def do(session: Any) -> dict[str, int]:
        return {"id": correct_paper(session, paper_id, reason, by=by, at=now()).id}

    with database() as engine:
        if not dry_run:
            new = once(engine, key, ["correct", paper_id, by, reason], do)["id"]
            say(Text(f"Документ {paper_id} исправлен документом {new}.", f"Paper {paper_id} is corrected by {new}."))
            return
        with reading(engine) as session:
            changes = changes_of(session, paper_id)
    names = REQUISITE_NAMES[language()]
    sides = {"seller": Text("продавец", "seller"), "client": Text("клиент", "client")}
    heads = (Text("Сторона", "Side"), Text("Реквизит", "Requisite"), Text("Было", "Was"), Text("Станет", "Becomes"))
    table(heads, [(sides[one.side], names[one.field], one.was, one.becomes) for one in changes])
