"""Sealed files on the seller's own machine, and on a buyer's without a browser: `python -m tools.files`.

What is hashed, sealed, wrapped and opened needs neither server nor scripts; what reads the chain is in scripts/lib/files.
"""
