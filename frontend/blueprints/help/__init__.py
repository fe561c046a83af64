"""What escrow protects and what it does not."""
