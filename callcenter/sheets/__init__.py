"""Tables that people fill in and send: what a column may hold, reading a file in a process of its own, taking it over."""
