"""Pages for people: sales, the desk, engineers, accountants, clients and administrators in a browser."""
