"""What a connection to SQLite has to know before expressions run on it."""

import sqlite3

from app.odata.engine.sql.aggregates import AGGREGATES, WINDOWS
from app.odata.engine.sql.functions import COLLATION
from app.odata.engine.sql.logic import decimal_order
from app.odata.engine.sql.programs import run


def prepare(connection: sqlite3.Connection) -> None:
    """Register functions, aggregates and the collation of Decimals. For every new connection; takes
    some microseconds.
    """
    connection.create_function("odata", -1, run, deterministic=True)
    connection.create_collation(COLLATION, decimal_order)
    for name, aggregate in AGGREGATES.items():
        connection.create_aggregate(name, 1, aggregate)
    for name, window in WINDOWS.items():
        connection.create_window_function(name, 1, window)
