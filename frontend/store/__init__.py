"""The SQL database: how it is opened, and the tables that are ours alone (nothing of them can be read from the chain)."""
