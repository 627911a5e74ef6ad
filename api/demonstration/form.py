"""The seller's own form of papers in the demonstration: its logo is drawn here, so nothing comes from outside."""

import io
from datetime import date

from PIL import Image, ImageDraw

from api.database import transaction
from api.demonstration.stage import Stage, moment
from documents.adopting_forms import adopt_form
from documents.look import Form, Wording
from documents.paper_kinds import PaperKind

ADOPTED_ON = date(2026, 10, 1)
ACCENT = "#1d5b79"


def adopt_own_form(stage: Stage) -> None:
    """From October on papers have a logo, a colour, the seller's words and clauses; earlier ones stay as they are."""
    russian = Wording(
        header="Сопровождение учёта с 2017 года",
        footer="{{ seller.name }} · {{ seller.phone }} · {{ seller.email }}",
        notes={PaperKind.INVOICE: "Спасибо, что вы с нами! Вопросы по счёту — {{ seller.phone }}."},
        clauses=("Исполнитель раз в год бесплатно проверяет, что резервные копии Заказчика восстанавливаются.",),
    )
    english = Wording(
        header="Bookkeeping kept in order since 2017",
        footer="{{ seller.name }} · {{ seller.phone }} · {{ seller.email }}",
        notes={PaperKind.INVOICE: "Thank you for staying with us! Questions about this invoice: {{ seller.phone }}."},
        clauses=("Once a year the Contractor checks free of charge that the Client's backups can be restored.",),
    )
    with transaction(stage.engine) as session:
        adopt_form(session, stage.seller_id, Form(ACCENT, drawn_logo(), russian, english), at=moment(ADOPTED_ON))


def drawn_logo() -> bytes:
    """A globe with its meridians, four times as large as it is kept so that its lines are smooth."""
    side, width = 1024, 36
    picture = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((0, 0, side - 1, side - 1), fill=ACCENT)
    for half in (90, 280, 450):
        pen.ellipse((side // 2 - half, 60, side // 2 + half, side - 60), outline="white", width=width)
    pen.line((62, side // 2, side - 62, side // 2), fill="white", width=width)
    png = io.BytesIO()
    picture.resize((side // 4, side // 4), Image.Resampling.LANCZOS).save(png, "PNG")
    return png.getvalue()
