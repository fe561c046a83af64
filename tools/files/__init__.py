"""Sealed files on the seller's own machine. Imports nothing of the server's or the scripts'."""
