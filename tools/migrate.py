"""Bringing a database up to date: Alembic's migrations, then the reference data of data/."""

from alembic import command
from alembic.config import Config as AlembicConfig

from core.catalogue.load import load_reference as load_catalogue
from core.db import Database, sqlalchemy_url
from core.insights.load import load_reference as load_prices
from tools.environment import HOME


def upgrade(database_url: str) -> None:
    """Run the migrations that the database has not seen."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(HOME / "migrations"))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(database_url).replace("%", "%%"))
    command.upgrade(config, "head")


def load_reference(db: Database) -> None:
    """Products, packs and market prices; what is there already is brought up to date."""
    load_catalogue(db)
    load_prices(db)
