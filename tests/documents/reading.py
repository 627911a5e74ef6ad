"""What the tests of papers read out of a PDF."""

import pypdfium2


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, on one line, with ordinary spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def whole_text(pdf: bytes) -> str:
    """The text of all pages on one line."""
    return " ".join(page_texts(pdf))
