"""A letter as HTML: the same words in the same order as its text, from that text, with nothing loaded from outside."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from documents.templating import TEMPLATES


def letter_html(subject: str, body: str, language: str) -> str:
    """The paragraphs and lines of the text; a line that is an address becomes a link, any markup stays text."""
    paragraphs = [paragraph.split("\n") for paragraph in body.strip("\n").split("\n\n")]
    return _template().render(subject=subject, paragraphs=paragraphs, language=language)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("letter/v1.html")
