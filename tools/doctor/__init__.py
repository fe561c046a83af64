"""Looks at everything that a market needs and says, line by line, what is well and what to do: `make doctor`."""
