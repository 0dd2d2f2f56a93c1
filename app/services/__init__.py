"""Changing: a command goes in by `execute`, and nothing else commits."""
