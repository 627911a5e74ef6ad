"""The demonstration: a seller, its clients and three months of their service, told against a clock of its own."""
