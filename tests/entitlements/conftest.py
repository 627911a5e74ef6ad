"""A seller and a client for tests that need no more of them than that they are there."""

import pytest
from sqlmodel import Session

from contracts.parties import Seller
from tests.builders import Customer, a_client, a_seller


@pytest.fixture
def seller(session: Session) -> Seller:
    return a_seller(session)


@pytest.fixture
def client(session: Session) -> Customer:
    return a_client(session)
