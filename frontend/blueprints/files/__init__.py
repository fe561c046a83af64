"""Sealed files: taking them piece by piece, and giving them out whole or in parts."""
