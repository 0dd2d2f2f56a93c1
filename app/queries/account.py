"""What there is to know of the account itself."""

from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Company, Person


def account_name() -> str:
    """The name of the installation; "" for a store that was never set up."""
    with db.engine.connect() as connection:
        return connection.execute(select(Account.name)).scalar() or ""


def account_facts() -> Any:
    """The account with its owner's company, and its first administrator: uid, name, created_at,
    company_id, company_name, holder_id.
    """
    first = select(func.min(Person.id)).where(Person.is_admin, Person.deleted_at.is_(None))
    chosen = (
        select(
            Account.uid,
            Account.name,
            Account.created_at,
            Company.id.label("company_id"),
            Company.name.label("company_name"),
            first.scalar_subquery().label("holder_id"),
        )
        .select_from(Account)
        .join(Company, Company.is_owner.is_(True))
        .order_by(Company.id)
    )
    with db.engine.connect() as connection:
        return connection.execute(chosen).first()
