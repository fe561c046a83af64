"""A community's members: locked tokens, votes, and what is on its way back."""
