"""Reading: a Query in, rows out. Never writes, never renders."""
