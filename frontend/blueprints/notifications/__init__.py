"""What happened to an account's orders: a page, a private feed and calendars."""
