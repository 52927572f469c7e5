"""The console's feed: snapshot, numbered changes, resume."""
