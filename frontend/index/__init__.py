"""The event index: what the chain has said, in SQL, so that pages need no node."""
