"""Personas: the account's own nickname, and everybody's page under theirs."""
