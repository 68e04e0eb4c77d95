"""detmeta from psycopg 3: typed parameters, which the server binds."""
from datetime import date, datetime, timezone
from decimal import Decimal

import psycopg
from psycopg.types.json import Jsonb

from harness import WEBUI, Harness

plans = []
conn = psycopg.connect(autocommit=True)
conn.add_notice_handler(lambda notice: plans.append(notice.message_primary))
test = Harness("psycopg", plans, lambda sql, values: conn.execute(sql, values).fetchall())
check = test.check


def find(name, condition, *values, **options):
    query = f"SELECT run_id FROM runs_metadata WHERE {condition} ORDER BY run_id"
    check(name, lambda: conn.execute(query, values, **options).fetchall())


find("is_number", "metadata_is(metadata, %s, %s)", "effectiveness", 20)
find("is_decimal", "metadata_is(metadata, %s, %s)", "effectiveness", Decimal("35.50"))
find("is_big", "metadata_is(metadata, %s, %s)", "parent", 7000000000)
find("is_text", "metadata_is(metadata, %s, %s)", "optimizer.name", "adam")
find("is_boolean", "metadata_is(metadata, %s, %s)", "converged", True)
find("is_date", "metadata_is(metadata, %s, %s)", "started", date(2024, 3, 1))
find("is_json", "metadata_is(metadata, %s, %s)", "version", Jsonb("20"))
find("is_null", "metadata_is(metadata, %s, %s)", "effectiveness", None)
find("is_not_number", "metadata_is_not(metadata, %s, %s)", "effectiveness", 20.0)
find("is_not_text", "metadata_is_not(metadata, %s, %s)", "optimizer.name", "adam")
find("in_numbers", "metadata_in(metadata, %s, %s)", "effectiveness", [7.0, 35.5])
find("in_texts", "metadata_in(metadata, %s, %s)", "optimizer.name", ["sgd", "lion"])
find("in_nothing", "metadata_in(metadata, %s, %s)", "effectiveness", [])
find("not_in", "metadata_not_in(metadata, %s, %s)", "effectiveness", [Decimal(7), Decimal("35.5")])
find("lt", "metadata_lt(metadata, %s, %s)", "effectiveness", 7)
find("le", "metadata_le(metadata, %b, %b)", "effectiveness", 7)
find("gt", "metadata_gt(metadata, %s, %s)", "effectiveness", 20)
find("ge", "metadata_ge(metadata, %s, %s)", "effectiveness", 20, prepare=True)
find("ge_instant", "metadata_ge(metadata, %s, %s)", "started", datetime(2024, 1, 1, 0, 30, tzinfo=timezone.utc))
find("ge_day", "metadata_ge(metadata, %s, %s)", "started", date(2024, 3, 1))
find("between_numbers", "metadata_between(metadata, %s, %s, %s)", "effectiveness", 7, 20.0)
find("between_days", "metadata_between(metadata, %s, %s, %s)", "started", date(2024, 1, 1), date(2024, 1, 31))
find("contains", "metadata_contains(metadata, %s, %s)", "notes", "100%")
find("contains_quotes", "metadata_contains(metadata, %s, %s)", "notes", "\"warm\" and 'hot' \\")
find("not_contains", "metadata_not_contains(metadata, %s, %s)", "notes", "arm")
find("icontains", "metadata_icontains(metadata, %s, %s)", "notes", "GRÖSSER")
find("starts_with", "metadata_starts_with(metadata, %s, %s)", "notes", "Warm")
find("is_empty", "metadata_is_empty(metadata, %s) AND metadata_not_empty(metadata, %s)", "tags", "notes")
find("not_empty", "metadata_not_empty(metadata, %s)", "tags")
find("filter", "metadata @~ %s", 'effectiveness >= 20 and optimizer.name is not "adam"')
find("webui", "metadata @~ %s::metadata_filter", Jsonb(WEBUI))

check("sort", lambda: conn.execute(
    """SELECT run_id, metadata FROM runs_metadata WHERE metadata_gt(metadata, %(key)s, %(value)s)
       ORDER BY metadata_sort(metadata, %(key)s) DESC NULLS LAST, run_id LIMIT %(limit)s OFFSET %(offset)s""",
    {"key": "effectiveness", "value": 0, "limit": 2, "offset": 1}))
check("count", lambda: conn.execute(
    "SELECT count(*) FROM runs_metadata WHERE metadata_not_empty(metadata, %s)", ["effectiveness"]).fetchall())


def search():
    rows = conn.execute("SELECT run_id, metadata, total FROM search_run_metadata(%s, %s, %s, %s)",
                        ["effectiveness is not empty", "metadata.effectiveness=desc", 2, 1]).fetchall()
    assert rows[0][2] == 4
    return rows


check("search", search)

conn.execute("SELECT post_run_metadata(%s, %s)", [900, Jsonb({"effectiveness": 900})])
assert conn.execute("SELECT get_run_metadata(%s)", [900]).fetchone() == ({"effectiveness": 900},)
find("post", "metadata_is(metadata, %s, %s)", "effectiveness", 900)
conn.execute("SELECT post_run_metadata(%s, %s)", [900, None])
test.finish()
