"""Splits: income that several payees share."""
