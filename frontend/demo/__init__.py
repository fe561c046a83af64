"""Fills a local market with a demo, through the same pages that people use."""
