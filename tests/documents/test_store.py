"""The store keeps issued papers for ever, in a folder or in a bucket (P2)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from contracts.errors import Refusal
from documents import store as stores
from documents.store import Store, StoreDamaged, StoreUnavailable, content_key
from tests.loopback import silent


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    ).create_bucket(Bucket="papers")
    yield f"s3://papers/archive?endpoint={endpoint}&region=us-east-1"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return Store(f"file://{tmp_path}/papers")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return Store(request.getfixturevalue("bucket"))


def test_what_was_put_is_read_back(store: Store) -> None:
    paper = b"%PDF paper"
    key = content_key("statement/2026-10", paper)
    store.put(key, paper)
    assert store.get(key) == paper


def test_equal_bytes_may_be_put_again(store: Store) -> None:
    paper = b"%PDF twice"
    key = content_key("act/2026-10", paper)
    store.put(key, paper)
    store.put(key, paper)
    assert store.get(key) == paper


def test_other_bytes_never_replace_an_object_p2(store: Store) -> None:
    paper = b"%PDF first"
    key = content_key("invoice/2026", paper)
    store.put(key, paper)
    with pytest.raises(StoreDamaged):
        store.put(key, b"%PDF second")
    assert store.get(key) == paper


def test_a_missing_object_is_said_to_be_missing(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.get(content_key("invoice/2026", b"never put"))


def test_bytes_that_changed_in_the_folder_are_noticed_p2(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}")
    key = content_key("act", b"%PDF whole")
    store.put(key, b"%PDF whole")
    (tmp_path / key).write_bytes(b"%PDF spoilt")
    with pytest.raises(StoreDamaged):
        store.get(key)


def test_a_key_is_readable_and_names_its_content() -> None:
    assert content_key("act/2026-10", b"") == (
        "act/2026-10/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.pdf"
    )


@pytest.mark.parametrize("address", ["/var/papers", "http://host/x", "s3://b?unknown=1", "file:///x?y=1"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        Store(address)
    assert refused.value.code == "STORE_ADDRESS"


def test_a_bucket_that_never_answers_is_away_and_not_waited_for_p2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(stores, "ANSWER_WITHIN", timedelta(milliseconds=300))
    monkeypatch.setattr(stores, "TRIED_FOR", timedelta(milliseconds=100))
    with silent() as place, ThreadPoolExecutor(1) as aside:
        store = Store(f"s3://papers?endpoint={place}&region=us-east-1")
        with pytest.raises(StoreUnavailable):
            aside.submit(store.get, content_key("act", b"%PDF")).result(timeout=20)
