"""Communities: the list, opening one, its page and its steward's desk."""
