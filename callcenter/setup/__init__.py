"""Everything that installs, starts, watches and examines the product on one machine."""
