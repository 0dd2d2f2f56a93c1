"""Data to start with: a small sample for the first minute, and bulk data for trials and
benchmarks.
"""
