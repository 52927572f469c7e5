"""Members, contacts, terminals, cards; agents and their log-ins."""
