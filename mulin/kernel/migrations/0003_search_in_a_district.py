"""What lies in one district, newest first, without walking past the other districts' (docs/adr/0004).

SQLite needs none: its index of words is in the order of rows, and serves a street.
"""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX searchrow_district ON kernel_searchrow (left(place, 6), id)")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX searchrow_district")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_search")]
    operations = [migrations.RunPython(forwards, backwards)]
