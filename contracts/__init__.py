"""Who is covered, for what, until when: sellers, clients, products, plans, subscriptions, terms, money, blocks."""
