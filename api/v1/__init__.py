"""The endpoints of version 1."""
