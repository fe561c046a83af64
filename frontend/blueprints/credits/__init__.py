"""Money that the market owes to an account, and taking it out."""
