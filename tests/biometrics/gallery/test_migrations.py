from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from gallery_factory import open_gallery

from facesign.biometrics.gallery.database import HEAD
from facesign.biometrics.gallery.tables import Base


def test_the_steps_make_the_tables_that_the_code_reads(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    with gallery.database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "gallery_version", "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_head_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", "facesign.biometrics.gallery:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_gallery_is_kept_in_a_file_that_readers_and_a_writer_share(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    with gallery.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
