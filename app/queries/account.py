"""What there is to know of the account itself."""

from sqlalchemy import select

from app.extensions import db
from app.models import Account


def account_name() -> str:
    """The name of the installation; "" for a store that was never set up."""
    with db.engine.connect() as connection:
        return connection.execute(select(Account.name)).scalar() or ""


def is_ready() -> bool:
    """The database answers and has been set up."""
    with db.engine.connect() as connection:
        return connection.execute(select(Account.id)).first() is not None
