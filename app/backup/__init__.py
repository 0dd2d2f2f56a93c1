"""The whole store as one file, and back, on either engine: `flask dump` and `flask restore`.

A dump is a zip: `manifest.json`, `tables/<name>.jsonl.zst` with the rows of each table as arrays of
JSON, and `files.tar` with the uploaded bytes by digest. docs/backup.md describes it for operators.
"""
