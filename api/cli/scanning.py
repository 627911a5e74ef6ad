"""Commands about scans of signed papers: adding one, listing, and getting one back."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.values import argument, day, existing_file, identifier, option

scans = room("scan", Text("Сканы подписанных документов", "Scans of signed papers"))

ScanFile = Annotated[Path, argument("PDF, JPEG или PNG", "PDF, JPEG or PNG", Text("ФАЙЛ", "FILE"), existing_file)]
AgreementId = Annotated[
    int | None,
    option(
        "--agreement",
        "номер подписки, о которой соглашение к договору",
        "number of the subscription that an agreement to a contract is about",
        identifier,
        options.NUMBER,
    ),
]
ActId = Annotated[int | None, option("--act", "номер акта в базе", "id of the act", identifier, options.NUMBER)]
StatementId = Annotated[
    int | None, option("--statement", "номер отчёта в базе", "id of the statement", identifier, options.NUMBER)
]
AddedBy = Annotated[str, option("--by", "кто добавляет", "who adds it", metavar=options.NAME)]
SignedOn = Annotated[
    date | None,
    option(
        "--signed-on",
        "день подписания договора: отметит его подписанным",
        "the day of signing, marks the contract as signed",
        day,
        options.DAY,
    ),
]
ScanId = Annotated[int, argument("номер скана", "id of the scan", Text("СКАН", "SCAN"), identifier)]
Target = Annotated[Path, argument("новый файл", "a new file", Text("КУДА", "WHERE"), Path)]
HEADS = (
    Text("Скан", "Scan"),
    Text("Редакция", "Revision"),
    Text("Файл", "File"),
    Text("Байт", "Bytes"),
    Text("Кто", "By"),
    Text("Когда", "When"),
)


@taught(
    scans,
    "add",
    Text(
        "Сохранить скан подписанного договора, соглашения к нему, акта или отчёта; прежний остаётся в истории.",
        "Keep the scan of a signed contract, agreement to one, act or statement; the one before stays in the history.",
    ),
    'abonement scan add contract.pdf --contract 2026-0001 --by "Котова И. Л." --signed-on 2026-10-05',
    'abonement scan add renewal.pdf --agreement 2 --by "Котова И. Л."',
    'abonement scan add act.jpg --act 12 --by "Котова И. Л."',
)
def add(
    file: ScanFile,
    added_by: AddedBy,
    contract: options.AnyContract = None,
    agreement: AgreementId = None,
    act: ActId = None,
    statement: StatementId = None,
    signed_on: SignedOn = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Keep a scan, and mark the contract as signed where a day is given (D2)."""
    from documents.scanning import add_scan, keep_scan
    from documents.store import Store

    kept = keep_scan(Store(settings().papers), file.read_bytes())

    def act_on(session: Any) -> dict[str, Any]:
        of, subject_id = _subject(session, (contract, agreement, act, statement), seller)
        scan = add_scan(session, of, subject_id, kept, added_by, at=now(), signed_on=signed_on)
        return {"id": scan.id, "revision": scan.revision}

    asked = ["scan add", kept.sha256, added_by, contract, agreement, act, statement, signed_on, seller]
    with database() as engine:
        told = once(engine, key, asked, act_on)
    say(Text(f"Скан {told['id']}, редакция {told['revision']}.", f"Scan {told['id']}, revision {told['revision']}."))


@taught(
    scans,
    "list",
    Text(
        "Показать сканы договора, соглашения к нему, акта или отчёта.",
        "Show the scans of a contract, agreement to one, act or statement.",
    ),
    "abonement scan list --contract 2026-0001",
)
def list_scans(
    contract: options.AnyContract = None,
    agreement: AgreementId = None,
    act: ActId = None,
    statement: StatementId = None,
    seller: options.SellerCode = None,
) -> None:
    """The scans, the one that stands last."""
    from api.database import reading
    from contracts.parties import Seller
    from documents.scanning import scans_of

    with database() as engine, reading(engine) as session:
        found = scans_of(session, *_subject(session, (contract, agreement, act, statement), seller))
        days = [session.get_one(Seller, one.seller_id).day_of(one.added_at) for one in found]
    told = zip(found, days, strict=True)
    rows = [(one.id, one.revision, one.format, one.size_bytes, one.added_by, day) for one, day in told]
    table(HEADS, rows)


@taught(
    scans,
    "get",
    Text("Записать скан в новый файл.", "Write a scan into a new file."),
    "abonement scan get 3 signed.pdf",
)
def get(scan_id: ScanId, target: Target) -> None:
    """The bytes of a scan, as they came."""
    from api.cli.exporting import require_new
    from api.database import reading
    from contracts.errors import Refusal
    from documents.scans import SignedScan
    from documents.store import Store

    require_new(target)
    with database() as engine, reading(engine) as session:
        scan = session.get(SignedScan, scan_id)
    if scan is None:
        raise Refusal("SCAN_UNKNOWN", field="scan_id", value=scan_id)
    target.write_bytes(Store(settings().papers).get(scan.store_key))
    say(Text(f"Записано: {target}", f"Written: {target}"))


def _subject(
    session: Any, named: tuple[str | None, int | None, int | None, int | None], seller: str | None
) -> tuple[Any, int]:
    """The one paper that is named. Raises `Refusal("SCAN_OF_WHAT")`, or CONTRACT_UNKNOWN."""
    from api.cli.naming import contract_named, seller_named
    from contracts.errors import Refusal
    from documents.scans import ScanOf

    match named:
        case str(contract), None, None, None:
            return ScanOf.CONTRACT, contract_named(session, contract, seller_named(session, seller).id).id
        case None, int(agreement), None, None:
            return ScanOf.AGREEMENT, agreement
        case None, None, int(act), None:
            return ScanOf.ACT, act
        case None, None, None, int(statement):
            return ScanOf.STATEMENT, statement
    raise Refusal("SCAN_OF_WHAT", allowed=["--contract", "--agreement", "--act", "--statement"])
