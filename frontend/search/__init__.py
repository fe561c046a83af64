"""Full-text search in Korean and English, the same on SQLite and PostgreSQL."""
