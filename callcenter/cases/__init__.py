"""Cases as people work on them: notes, wrap-up, call-backs, recordings."""
