"""Where the bytes of issued papers are kept: a folder or an S3-compatible bucket behind one address (P2)."""

import hashlib
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from contracts.errors import Refusal

if TYPE_CHECKING:
    from obstore.store import S3Config


ANSWER_WITHIN = timedelta(seconds=20)
"""How long a bucket may take for one answer, its last byte included."""

TRIED_FOR = timedelta(seconds=10)
"""How long after the first try a bucket is tried once more; then the paper can be asked for again later."""


class StoreDamaged(Exception):
    """The store holds other bytes under a key than the key says."""


class StoreUnavailable(Exception):
    """The store gives no answer or takes nothing; what was to be kept is not, and can be kept later."""


class Store:
    """Keeps objects for ever: what was put once is never written again.

    `address` is `file:///var/papers` or `s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=ru-1`, of which the
    key is in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Raises `Refusal("STORE_ADDRESS")` for any
    other address.
    """

    def __init__(self, address: str) -> None:
        self._objects = _open(address)

    def put(self, key: str, content: bytes) -> None:
        """Create the object; equal bytes under the same key are fine. Raises StoreDamaged when others are there.

        Raises StoreUnavailable when the store takes nothing now.
        """
        try:
            self._objects.put(key, content, mode="create")
        except AlreadyExistsError as exists:
            if self.get(key) != content:
                raise StoreDamaged(f"{key} holds other bytes") from exists
        except (BaseError, OSError) as away:
            raise StoreUnavailable(key) from away

    def get(self, key: str) -> bytes:
        """The object's bytes. Raises FileNotFoundError without one, StoreDamaged when the key names another SHA-256.

        Raises StoreUnavailable when the store gives nothing now.
        """
        try:
            content = bytes(self._objects.get(key).bytes())
        except (NotFoundError, FileNotFoundError) as missing:  # the library raises its own or the built-in one
            raise FileNotFoundError(key) from missing
        except (BaseError, OSError) as away:
            raise StoreUnavailable(key) from away
        if PurePosixPath(key).stem != hashlib.sha256(content).hexdigest():
            raise StoreDamaged(f"{key} does not hold the bytes of its name")
        return content


def content_key(prefix: str, content: bytes, suffix: str = "pdf") -> str:
    """The key of some bytes: a readable prefix and their SHA-256, "statement/2026-10/3f…c1.pdf"."""
    return f"{prefix}/{hashlib.sha256(content).hexdigest()}.{suffix}"


def _open(address: str) -> ObjectStore:
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    if parts.scheme == "file" and not options:
        return LocalStore.from_url(plain, mkdir=True)
    if parts.scheme == "s3" and options.keys() <= {"endpoint", "region"}:
        http = options.get("endpoint", "").startswith("http:")
        return S3Store.from_url(
            plain,
            config=cast("S3Config", options),
            client_options={"allow_http": http, "timeout": ANSWER_WITHIN},
            retry_config={"retry_timeout": TRIED_FOR},
        )
    raise Refusal(
        "STORE_ADDRESS", field="address", value=address, allowed="file:///folder, s3://bucket?endpoint=&region="
    )
