"""Set-up and local operation: bootstrap, chains, the supervisor behind `make run`, checks for CI. Standard library only where marked."""
