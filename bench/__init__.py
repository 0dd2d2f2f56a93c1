"""Tandem's own measurements.

`python -m bench` puts load on it over HTTP, `python -m bench.plans` looks at its queries.
"""
