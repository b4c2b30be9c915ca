"""The full-text part of the search table, made as each database wants it (docs/adr/0004)."""

from django.db import migrations

SQLITE = """
CREATE VIRTUAL TABLE kernel_searchtext USING fts5(tokens, detail=none, tokenize='unicode61 remove_diacritics 0')
"""
POSTGRES = (
    "ALTER TABLE kernel_searchrow ADD COLUMN tokens tsvector NOT NULL",
    "CREATE INDEX kernel_searchrow_tokens ON kernel_searchrow USING gin (tokens)",
)


def forwards(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else (SQLITE,):
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE kernel_searchrow DROP COLUMN tokens")
    else:
        schema_editor.execute("DROP TABLE kernel_searchtext")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
