"""Commands about the look of a seller's papers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.replaying import PaperLanguage
from api.cli.screen import facts, say
from api.cli.values import argument, existing_file, one_of, option
from documents.paper_kinds import PaperKind

if TYPE_CHECKING:
    from documents.look import Form

forms = room("form", Text("Вид документов: логотип, цвет, свои тексты", "The look of papers: logo, colour, own words"))
FormFile = Annotated[
    Path, argument("файл TOML с видом документов", "TOML file with the form", Text("ФАЙЛ", "FILE"), existing_file)
]
Target = Annotated[Path, argument("новый файл .pdf", "a new .pdf file", Text("КУДА", "WHERE"), Path)]
Sample = Annotated[
    str,
    option(
        "--paper",
        f"на каком документе: {', '.join(PaperKind)}",
        f"on which paper: {', '.join(PaperKind)}",
        one_of(*PaperKind),
    ),
]


@taught(
    forms,
    "adopt",
    Text(
        """Печатать новые документы продавца в этом виде; выпущенные не меняются.

accent = "#1f6f54"
logo = "logo.png"
\\[ru]
header = "Сопровождение 1С с 1998 года"
footer = "{{ seller.name }} · {{ seller.phone }}"
clauses = ["Исполнитель хранит копии баз 30 дней."]
\\[ru.notes]
invoice = "Спасибо, {{ client.name }}!"
То же для en; в ru.papers — свой порядок частей.""",
        """Print the seller's new papers like this; those that are issued stay as they are.

accent = "#1f6f54"
logo = "logo.png"
\\[en]
header = "Supporting accountants since 1998"
footer = "{{ seller.name }} · {{ seller.phone }}"
clauses = ["The Contractor keeps backups for 30 days."]
\\[en.notes]
invoice = "Thank you, {{ client.name }}!"
The same for ru; in en.papers the parts in an order of your own.""",
    ),
    "abonement form adopt form.toml",
    "abonement form adopt form.toml --seller north",
)
def adopt(file: FormFile, seller: options.SellerCode = None) -> None:
    """Adopt the form that a file holds (P2, P7)."""
    from api.form_file import read_form

    _adopt(read_form(file), seller)


@taught(
    forms,
    "reset",
    Text("Вернуться к обычному виду документов.", "Go back to the usual look of papers."),
    "abonement form reset --seller north",
)
def reset(seller: options.SellerCode = None) -> None:
    """Adopt the form of the house."""
    from documents.look import Form

    _adopt(Form(), seller)


@taught(
    forms,
    "preview",
    Text(
        "Показать вид на документе с примерными данными; ничего не записывается в базу.",
        "Show a form on a paper with sample data; nothing is written to the database.",
    ),
    "abonement form preview form.toml sample.pdf",
    "abonement form preview form.toml sample.pdf --paper contract --seller north",
)
def preview(
    file: FormFile,
    target: Target,
    paper: Sample = "invoice",
    seller: options.SellerCode = None,
    paper_language: PaperLanguage = None,
) -> None:
    """Write a sample paper of the seller in the form of a file (P1)."""
    from api.cli.exporting import require_new
    from api.cli.naming import seller_named
    from api.database import reading
    from api.form_file import read_form
    from api.form_preview import preview_form
    from documents.words import Language

    require_new(target)
    form = read_form(file)
    with database() as engine, reading(engine) as session:
        pdf = preview_form(
            seller_named(session, seller), form, PaperKind(paper), Language(paper_language or language())
        )
    target.write_bytes(pdf)
    say(Text(f"Записано: {target}", f"Written: {target}"))


@taught(
    forms,
    "show",
    Text("Показать, в каком виде выпускаются документы.", "Show the form that papers are issued in."),
    "abonement form show --seller north",
)
def show(seller: options.SellerCode = None) -> None:
    """The form that governs what the seller issues now."""
    from api.cli.naming import seller_named
    from api.database import reading
    from documents.adopting_forms import current_form, form_in

    with database() as engine, reading(engine) as session:
        row = current_form(session, seller_named(session, seller).id)
        form = form_in(row)
    told: list[tuple[Text | str, object]] = [
        (Text("Версия", "Version"), 0 if row is None else row.version),
        (Text("Цвет", "Colour"), form.accent or "—"),
        (Text("Логотип", "Logo"), f"{len(form.logo)} B" if form.logo else "—"),
    ]
    for name, words in (("ru", form.ru), ("en", form.en)):
        told += [(f"{name}.header", words.header or "—"), (f"{name}.footer", words.footer or "—")]
        told += [(f"{name}.notes.{kind}", text) for kind, text in words.notes.items()]
        told += [(f"{name}.clauses", text) for text in words.clauses]
        told += [(f"{name}.papers.{kind}", text) for kind, text in words.papers.items()]
    facts(told)


def _adopt(form: "Form", seller: str | None) -> None:
    from api.cli.naming import seller_named
    from api.database import transaction
    from documents.adopting_forms import adopt_form

    with database() as engine, transaction(engine) as session:
        own = seller_named(session, seller)
        version = adopt_form(session, own.id, form, at=now()).version
        code = own.code
    say(
        Text(
            f"Новые документы продавца {code} выходят в виде версии {version}.",
            f"New papers of seller {code} are issued in version {version} of its form.",
        )
    )
