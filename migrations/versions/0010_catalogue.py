"""What the centre offers and whom it knows: services, key numbers, resources, who serves; departments and places in use or not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
PRICE = sa.Numeric(10, 2)
TABLES = (
    "directory_search", "record_version", "provider_incident", "provider_district", "provider_service", "provider", "resource",
    "key_number", "service_version", "service",
)  # fmt: skip
IN_USE = ("department", "district", "line", "seat")


def text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, TEXT, server_default="", nullable=False, comment=comment)


def make(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", UUID, nullable=False),
        sa.Column("ref", TEXT, nullable=False, comment="the centre's own number: the key of re-imports"),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.func.now(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("ref", name=f"uq_{name}_ref"),
    )


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def price_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("price >= 0", name=op.f(f"ck_{table}_price"))


def upgrade() -> None:
    """Make the tables."""
    make("service", sa.Column("category", TEXT, nullable=False, comment="a child of life_help in domain/catalogue.py"))
    op.create_table(
        "service_version",
        sa.Column("service_id", UUID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), comment="counted; null: until another takes its place (domain/services.py)"),
        sa.Column("name", TEXT, nullable=False),
        text("name_en"),
        text("standards"),
        text("process"),
        sa.Column("price", PRICE, comment="yuan; null: by agreement"),
        text("unit", "次, 小时 …"),
        text("eligibility", "who may have it"),
        sa.Column("special", sa.Boolean(), server_default=sa.false(), nullable=False, comment="approval before dispatch (F-5)"),
        sa.Column("supplies", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("minutes", sa.Integer(), comment="how long it takes"),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("agent_id", UUID),
        sa.PrimaryKeyConstraint("service_id", "version", name="pk_service_version"),
        refers("service_version", "service_id", "service.id"),
        refers("service_version", "agent_id", "agent.id"),
        price_check("service_version"),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_service_version_dates")),
    )
    make(
        "key_number",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False, comment="domain/directory.py KEY_KINDS"),
        sa.Column("number", TEXT, nullable=False, comment="E.164, or a short code as dialled"),
        sa.Column("district_id", UUID, comment="null: the whole town"),
        text("address"),
        text("hours"),
        text("remarks"),
        refers("key_number", "district_id", "district.id"),
    )
    make(
        "resource",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False, comment="who keeps it up to date (F-1)"),
        sa.Column("published", sa.Boolean(), server_default=sa.false(), nullable=False, comment="shown to seats and dispatchers"),
        sa.Column("number", TEXT),
        sa.Column("district_id", UUID, comment="null: the whole town"),
        text("place"),
        text("schedule"),
        sa.Column("price", PRICE, comment="yuan; null: ask"),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        text("description"),
        refers("resource", "district_id", "district.id"),
        sa.CheckConstraint("kind IN ('resource', 'course', 'helper')", name=op.f("ck_resource_kind")),
        price_check("resource"),
    )
    make(
        "provider",
        sa.Column("kind", TEXT, nullable=False, comment="partner: 加盟单位; worker: one of our own"),
        sa.Column("name", TEXT, nullable=False),
        text("contact"),
        sa.Column("number", TEXT),
        sa.Column("second_number", TEXT),
        text("address"),
        sa.Column("contract_from", sa.Date()),
        sa.Column("contract_until", sa.Date(), comment="counted"),
        text("suspended_reason"),
        text("remarks"),
        sa.CheckConstraint("kind IN ('partner', 'worker')", name=op.f("ck_provider_kind")),
    )
    op.create_table(
        "provider_service",
        sa.Column("provider_id", UUID, nullable=False),
        sa.Column("service_id", UUID, nullable=False),
        sa.Column("price", PRICE, comment="yuan; null: the catalogue's"),
        sa.PrimaryKeyConstraint("provider_id", "service_id", name="pk_provider_service"),
        refers("provider_service", "provider_id", "provider.id"),
        refers("provider_service", "service_id", "service.id"),
        price_check("provider_service"),
    )
    op.create_index("ix_provider_service_service_id", "provider_service", ["service_id"])
    op.create_table(
        "provider_district",
        sa.Column("provider_id", UUID, nullable=False, comment="no row: everywhere"),
        sa.Column("district_id", UUID, nullable=False),
        sa.PrimaryKeyConstraint("provider_id", "district_id", name="pk_provider_district"),
        refers("provider_district", "provider_id", "provider.id"),
        refers("provider_district", "district_id", "district.id"),
    )
    op.create_table(
        "provider_incident",
        sa.Column("id", UUID, nullable=False),
        sa.Column("provider_id", UUID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        text("measures"),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_incident"),
        refers("provider_incident", "provider_id", "provider.id"),
        refers("provider_incident", "agent_id", "agent.id"),
        sa.CheckConstraint("severity IN ('minor', 'serious')", name=op.f("ck_provider_incident_severity")),
    )
    op.create_index("ix_provider_incident_provider_id", "provider_incident", ["provider_id"])
    op.create_table(
        "record_version",
        sa.Column("noun", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False, comment="id, or a natural key"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("agent_id", UUID, comment="null: as it was found"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("data", JSONB(), nullable=False, comment="by the columns of its sheet"),
        sa.PrimaryKeyConstraint("noun", "key", "version", name="pk_record_version"),
        refers("record_version", "agent_id", "agent.id"),
        sa.CheckConstraint("kind IN ('found', 'add', 'edit', 'import')", name=op.f("ck_record_version_kind")),
    )
    op.create_table(
        "directory_search",
        sa.Column("noun", TEXT, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False, comment="lower case, as all here"),
        sa.Column("pinyin", TEXT, nullable=False),
        sa.Column("initials", TEXT, nullable=False),
        sa.Column("ids", ARRAY(TEXT), nullable=False, comment="numbers in digits, the centre's own number"),
        sa.Column("place", TEXT, nullable=False, comment="kind, district, what else is searched"),
        sa.Column("who", TEXT, nullable=False, comment="all but the place in one"),
        sa.PrimaryKeyConstraint("noun", "id", name="pk_directory_search"),
    )
    for name in ("who", "place"):
        op.create_index(
            f"ix_directory_search_{name}", "directory_search", [sa.text(f"search_grams({name})")], postgresql_using="gin"
        )
    for table in IN_USE:
        op.add_column(table, sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("department", text("address"))
    op.add_column("department", sa.Column("ours", sa.Boolean(), server_default=sa.true(), nullable=False, comment=OURS))
    op.add_column("district", sa.Column("places", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False, comment=PLACES))


OURS = "false: of another area, whose calls are handed over (C-5)"
PLACES = "estates and roads in it, by which an address is recognised"


def downgrade() -> None:
    """Drop them. Places out of use are in use again: the older service would not know the difference."""
    op.drop_column("district", "places")
    op.drop_column("department", "ours")
    op.drop_column("department", "address")
    for table in IN_USE:
        op.drop_column(table, "active")
    for table in TABLES:
        op.drop_table(table)
