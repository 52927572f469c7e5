"""What the interface answers, as pydantic shapes. ``web/answers.py`` says which view answers which."""
