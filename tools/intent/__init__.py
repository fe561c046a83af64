"""Checks an intent without the frontend: `python3 -m tools.intent verify intent.json` (standard library only).

What it trusts: the ABIs, deployments/<chain id>.json, and this folder. It shares no code and no library with frontend/.
"""
