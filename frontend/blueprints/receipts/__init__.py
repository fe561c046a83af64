"""Receipts of finished orders, and checking them."""
