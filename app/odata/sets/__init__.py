"""InLoox's entity sets over the store: one file per family, each a table of properties."""
