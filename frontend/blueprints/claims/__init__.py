"""Claim phases: what each gives to whom, claiming in one, opening and closing them, and their lists."""
