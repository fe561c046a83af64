"""Orders: mine, one with its story and what can be done, and the arbiter's queue."""
