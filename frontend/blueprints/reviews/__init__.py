"""What others say about an account, and what became of its orders."""
