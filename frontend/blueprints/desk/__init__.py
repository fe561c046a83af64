"""What a seller works at: orders that wait, listings, money, sales and files."""
