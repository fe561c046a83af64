"""A community's token: supply, holders, transfers, and what a holder can do."""
