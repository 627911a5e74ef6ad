"""One subscription with its client, its standing, its papers and their letters, read with a fixed number of selects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.page import Page
from billing.cancelled_sales import CancelledSale, cancelled_sales
from contracts.known_rows import known_row
from contracts.paper_addresses import paper_addresses
from contracts.parties import Client
from contracts.signatures import signing_of
from contracts.sold import SoldSubscription, sold_to
from contracts.standing import Standing
from contracts.subscriptions import ContractSigning, Subscription
from documents.letters import Letter
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS
from documents.papers import Paper, PaperState
from documents.pipeline_table import STANDINGS
from documents.sale_papers import letters_with, papers_of_sale
from entitlements.client_state import each_cover
from entitlements.covers import CoverKind
from entitlements.desk_card import facts_at


@dataclass(frozen=True, slots=True)
class SaleCard:
    """A subscription as sales look at it; `papers` are those of its sale, `letters` those in which they went out."""

    client: Client
    sold: SoldSubscription
    standing: Standing
    papers: Sequence[Paper]
    letters: Sequence[Letter]
    mailed_to: Sequence[str]
    """Where the client's papers are mailed."""
    signing: ContractSigning | None
    cancelled: CancelledSale | None

    @property
    def is_printed(self) -> bool:
        """Whether every paper of the sale is printed."""
        return all(paper.state is PaperState.RENDERED for paper in self.papers)

    @property
    def waits(self) -> bool:
        """Whether a paper is still to be printed; one that failed waits for a person."""
        return any(paper.state is PaperState.QUEUED for paper in self.papers)

    @property
    def read(self) -> Sequence[Paper]:
        """The papers that are laid side by side: the contract and the invoice."""
        return [paper for paper in self.papers if paper.kind in (PaperKind.CONTRACT, PaperKind.INVOICE)]


def sale_card(page: Page, subscription_id: int) -> SaleCard:
    """The card of a subscription now. Raises `Refusal("SUBSCRIPTION_UNKNOWN")`."""
    session, (client, sold) = page.session, sold_of(page, subscription_id)
    views = (view.cover for view in each_cover(facts_at(session, client.id, page.at), page.at))
    papers = papers_of_sale(session, sold.row)
    return SaleCard(
        client=client,
        sold=sold,
        standing=next(
            one.standing for one in views if one is not None and (one.kind, one.id) == (CoverKind.SUBSCRIPTION, sold.id)
        ),
        papers=papers,
        letters=letters_with(session, papers),
        signing=signing_of(session, sold.contract.id),
        cancelled=cancelled_sales(session, client.id).get(sold.id),
        mailed_to=[one.email for one in paper_addresses(session, {client.id})[client.id]],
    )


def sold_of(page: Page, subscription_id: int) -> tuple[Client, SoldSubscription]:
    """A subscription with its client. Raises `Refusal("SUBSCRIPTION_UNKNOWN")`."""
    row = known_row(page.session, Subscription, subscription_id)
    client = page.session.get_one(Client, row.client_id)
    return client, next(one for one in sold_to(page.session, client.id) if one.id == row.id)


def shown_card(page: Page, subscription_id: int) -> dict[str, Any]:
    """The values of the page with the card."""
    names = {"kinds": KINDS[page.language], "standings": STANDINGS[page.language]}
    return names | {"card": sale_card(page, subscription_id)}
