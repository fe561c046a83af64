"""The way in: home, search and filters."""
