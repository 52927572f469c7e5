"""Paperwork: what belongs to a case and not to a call. ``nouns.py`` lists every kind; ``paper.py`` says what they share."""
