"""The centre's rules as data. ``book.py`` is the whole table; nothing is imported here, so that limits can be read from below."""
