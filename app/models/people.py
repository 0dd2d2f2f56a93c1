"""Who there is: the account, companies, people, and their API keys (the digest only)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.base import Instant, Row, Uid


class Account(Row):
    """The one installation: what is set for everybody."""

    name: Mapped[str] = mapped_column(String(200))
    weeks_start_on_sunday: Mapped[bool] = mapped_column(default=False)


class Company(Row):
    """A company that owns projects and employs people."""

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Text)
    is_owner: Mapped[bool] = mapped_column(default=False)
    website: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Person(Row):
    """A user, also somebody that tasks can be assigned to.

    `image_uid` names his picture, `feed_token` is the secret in the address of his calendar feed.
    """

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(Text, unique=True)
    user_name: Mapped[str] = mapped_column(String(320), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    avatar_url: Mapped[str] = mapped_column(String(1000), default="")
    image_uid: Mapped[str | None] = mapped_column(Uid)
    zone: Mapped[str | None] = mapped_column(String(64))
    feed_token: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    can_add_projects: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiKey(Row):
    """A key of a person: `digest` is the SHA-256 of the text that was shown once. `last_used_at` is
    within the hour (services/key_use.py).
    """

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    read_only: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class LastWrite(db.Model):  # type: ignore[name-defined,misc]
    """How often a person has written: tells whether a replica has his last write."""

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    stamp: Mapped[int] = mapped_column(BigInteger)


Index("ix_company_name_key", Company.name_key)
