"""Messages between the two sides of an order."""
