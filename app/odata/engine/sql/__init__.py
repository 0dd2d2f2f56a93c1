"""Typed nodes to SQL that SQLite and PostgreSQL answer alike."""
