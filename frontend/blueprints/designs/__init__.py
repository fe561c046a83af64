"""Designs: what blueprints are made into, and whether a serial is genuine."""
