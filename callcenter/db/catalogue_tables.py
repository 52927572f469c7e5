"""What the centre offers and whom it knows: services, key numbers, resources, and who serves.

Nothing here is ever deleted: a row is taken out of use, and ``record_version`` keeps every state that somebody saved. A service's
versions are rows of their own, never changed: an order names (service, version).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from callcenter.db.schema import Uuid, list_column, metadata, now_column, one_of


def _text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", comment=comment)


def _head() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", Uuid, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False, unique=True, comment="the centre's own number: the key of re-imports"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        now_column("updated_at"),
    )


service = sa.Table(
    "service",
    metadata,
    *_head(),
    sa.Column("category", sa.Text, nullable=False, comment="a child of life_help in domain/catalogue.py"),
)

service_version = sa.Table(
    "service_version",
    metadata,
    sa.Column("service_id", sa.ForeignKey("service.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, comment="counted; null: until another takes its place (domain/services.py)"),
    sa.Column("name", sa.Text, nullable=False),
    _text("name_en"),
    _text("standards"),
    _text("process"),
    sa.Column("price", sa.Numeric(10, 2), comment="yuan; null: by agreement"),
    _text("unit", "次, 小时 …"),
    _text("eligibility", "who may have it"),
    sa.Column("special", sa.Boolean, nullable=False, server_default=sa.false(), comment="approval before dispatch (F-5)"),
    list_column("supplies"),
    sa.Column("minutes", sa.Integer, comment="how long it takes"),
    now_column("at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id")),
    sa.CheckConstraint("price >= 0", name="price"),
    sa.CheckConstraint("valid_until >= valid_from", name="dates"),
)

key_number = sa.Table(
    "key_number",
    metadata,
    *_head(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="domain/directory.py KEY_KINDS"),
    sa.Column("number", sa.Text, nullable=False, comment="E.164, or a short code as dialled"),
    sa.Column("district_id", sa.ForeignKey("district.id"), comment="null: the whole town"),
    _text("address"),
    _text("hours"),
    _text("remarks"),
)

resource = sa.Table(
    "resource",
    metadata,
    *_head(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False, comment="who keeps it up to date (F-1)"),
    sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false(), comment="shown to seats and dispatchers"),
    sa.Column("number", sa.Text),
    sa.Column("district_id", sa.ForeignKey("district.id"), comment="null: the whole town"),
    _text("place"),
    _text("schedule"),
    sa.Column("price", sa.Numeric(10, 2), comment="yuan; null: ask"),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    _text("description"),
    one_of("kind", "resource", "course", "helper"),
    sa.CheckConstraint("price >= 0", name="price"),
)

provider = sa.Table(
    "provider",
    metadata,
    *_head(),
    sa.Column("kind", sa.Text, nullable=False, comment="partner: 加盟单位; worker: one of our own"),
    sa.Column("name", sa.Text, nullable=False),
    _text("contact"),
    sa.Column("number", sa.Text),
    sa.Column("second_number", sa.Text),
    _text("address"),
    sa.Column("contract_from", sa.Date),
    sa.Column("contract_until", sa.Date, comment="counted"),
    _text("suspended_reason"),
    _text("remarks"),
    one_of("kind", "partner", "worker"),
)

provider_service = sa.Table(
    "provider_service",
    metadata,
    sa.Column("provider_id", sa.ForeignKey("provider.id"), primary_key=True),
    sa.Column("service_id", sa.ForeignKey("service.id"), primary_key=True, index=True),
    sa.Column("price", sa.Numeric(10, 2), comment="yuan; null: the catalogue's"),
    sa.CheckConstraint("price >= 0", name="price"),
)

provider_district = sa.Table(
    "provider_district",
    metadata,
    sa.Column("provider_id", sa.ForeignKey("provider.id"), primary_key=True, comment="no row: everywhere"),
    sa.Column("district_id", sa.ForeignKey("district.id"), primary_key=True),
)

provider_incident = sa.Table(
    "provider_incident",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("provider_id", sa.ForeignKey("provider.id"), nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    _text("measures"),
    now_column("at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    one_of("severity", "minor", "serious"),
)

record_version = sa.Table(
    "record_version",
    metadata,
    sa.Column("noun", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, comment="id, or a natural key"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    now_column("at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), comment="null: as it was found"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False, comment="by the columns of its sheet"),
    one_of("kind", "found", "add", "edit", "import"),
)

directory_search = sa.Table(
    "directory_search",
    metadata,
    sa.Column("noun", sa.Text, primary_key=True),
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="lower case, as all here"),
    sa.Column("pinyin", sa.Text, nullable=False),
    sa.Column("initials", sa.Text, nullable=False),
    sa.Column("ids", ARRAY(sa.Text), nullable=False, comment="numbers in digits, the centre's own number"),
    sa.Column("place", sa.Text, nullable=False, comment="kind, district, what else is searched"),
    sa.Column("who", sa.Text, nullable=False, comment="all but the place in one"),
)
for _name, _column in (("who", directory_search.c.who), ("place", directory_search.c.place)):
    sa.Index(f"ix_directory_search_{_name}", sa.func.search_grams(_column), postgresql_using="gin")
