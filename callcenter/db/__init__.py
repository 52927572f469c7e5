"""What the centre remembers: engine, tables, unit of work."""
