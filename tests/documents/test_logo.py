"""A logo from outside: only its pixels reach a paper, and what is no picture is refused (P7)."""

import io
from struct import pack

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from contracts.errors import Refusal
from documents.logo import LARGEST_PIXELS, checked_logo


def picture(form: str = "PNG", size: tuple[int, int] = (60, 20), secret: str = "") -> bytes:
    """A green rectangle."""
    content, about = io.BytesIO(), PngInfo()
    if secret:
        about.add_text("Comment", secret)
    Image.new("RGB", size, (31, 111, 84)).save(content, form, **({"pnginfo": about} if form == "PNG" else {}))
    return content.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_becomes_a_png_of_its_pixels(form: str) -> None:
    with Image.open(io.BytesIO(checked_logo(picture(form)))) as kept:
        assert (kept.format, kept.size, kept.mode) == ("PNG", (60, 20), "RGBA")


def test_what_is_written_beside_the_pixels_is_lost() -> None:
    assert b"secret" in picture(secret="secret")
    assert b"secret" not in checked_logo(picture(secret="secret"))


def test_a_large_picture_is_made_smaller_and_the_same_one_gives_the_same_bytes() -> None:
    large = picture(size=(4000, 1000))
    with Image.open(io.BytesIO(checked_logo(large))) as kept:
        assert kept.size == (LARGEST_PIXELS, LARGEST_PIXELS // 4)
    assert checked_logo(large) == checked_logo(large)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture("GIF"),
        picture()[:60],
        picture()[:30] + b"\0" * 40,
        picture(size=(8000, 6000)),
        picture().replace(pack(">II", 60, 20), pack(">II", 20_000, 20_000)),
        b"\x89PNG" + b"\0" * 500_001,
    ],
    ids=["nothing", "pdf", "svg", "gif", "cut", "broken", "too many pixels", "far too many pixels", "too many bytes"],
)
def test_what_is_no_png_or_jpeg_or_too_large_is_refused(wrong: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        checked_logo(wrong)
    assert (refused.value.code, refused.value.field) == ("LOGO_WRONG", "logo")
