"""How Django's programs reach the table, with functions of ours and with lookups of its own alike."""
import os

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}},
    USE_TZ=True,
)
django.setup()

from django.db import connection, models

from harness import Harness


class RunMetadata(models.Model):
    run_id = models.BigIntegerField(primary_key=True)
    metadata = models.JSONField()

    class Meta:
        app_label = "clients"
        db_table = "runs_metadata"
        managed = False


def ask(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def harness(client):
    connection.ensure_connection()
    return Harness(client, connection.connection.notices, ask)
