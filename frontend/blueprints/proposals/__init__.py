"""Self-rule of a community: its governor, proposals, votes, treasury, and who decided its commission."""
