"""What names a client: each key in the one writing in which it is stored."""

import unicodedata
from collections.abc import Callable

from contracts.requisites import normal_email, normal_phone, normal_registration, require_any_tax_number


def _normal_external_id(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


_NORMAL: dict[str, Callable[[str], str]] = {
    "external_id": _normal_external_id,
    "inn": require_any_tax_number,
    "registration_number": normal_registration,
    "email": normal_email,
    "phone": normal_phone,
}


def normal_key(name: str, key: str | int) -> str | int:
    """The key as it is stored; an id is one already. Raises `Refusal` with INN_WRONG, EMAIL_WRONG or PHONE_WRONG."""
    return _NORMAL[name](str(key)) if name in _NORMAL else key
