"""Airdrops: minting to many accounts from a list, in as many transactions as it takes."""
