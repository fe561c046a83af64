"""The demo's pictures: drawn by code when they are wanted, cut-paper style, the same on every machine."""
