"""A firm's logo: a picture from outside, made anew from its pixels before any paper holds it (P7)."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from contracts.errors import Refusal

LARGEST_BYTES = 500_000
LARGEST_PIXELS = 2000
"""The longest side that is kept; a larger picture is made smaller."""
LARGEST_AREA = 40_000_000
FORMATS = ("PNG", "JPEG")
ALLOWED = "PNG or JPEG, up to 500 KB and 40 million pixels"
UNREADABLE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, Warning)
"""What Pillow says of a picture that is broken, or says that it is far too large."""


def checked_logo(picture: bytes, field: str = "logo") -> bytes:
    """The picture as a PNG of its pixels alone. Raises `Refusal("LOGO_WRONG")` for what is no PNG or JPEG, or too
    large."""
    if len(picture) > LARGEST_BYTES:
        raise Refusal("LOGO_WRONG", field=field, value=f"{len(picture)} bytes", allowed=ALLOWED)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(picture), formats=FORMATS) as whole:
                whole.verify()  # WeasyPrint lets Pillow load what is cut off
            if opened.width * opened.height > LARGEST_AREA:
                raise Refusal("LOGO_WRONG", field=field, value=f"{opened.width}x{opened.height}", allowed=ALLOWED)
            pixels = opened.convert("RGBA")
    except UNREADABLE as unreadable:
        raise Refusal("LOGO_WRONG", field=field, value=type(unreadable).__name__, allowed=ALLOWED) from unreadable
    pixels.thumbnail((LARGEST_PIXELS, LARGEST_PIXELS))
    png = io.BytesIO()
    pixels.save(png, "PNG", optimize=True)
    return png.getvalue()
