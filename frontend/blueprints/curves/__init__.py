"""A community's curve: what it costs, buying from it, selling to it, opening it."""
