"""Listings: a new one, my own, one for all to see, and its checkout."""
