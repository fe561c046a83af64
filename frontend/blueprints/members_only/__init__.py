"""Members' pages: what only members of a tier may read, and what their steward writes them with."""
