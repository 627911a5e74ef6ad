"""`python -m api.cli` is `abonement`."""

from api.cli import main

main()
