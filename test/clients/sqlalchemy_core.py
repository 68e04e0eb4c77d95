"""detmeta from SQLAlchemy: every predicate is func.name(column, ...)."""
from datetime import date, datetime, timezone
from decimal import Decimal

from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from harness import WEBUI
from harness_sqlalchemy import conn, harness, runs

test = harness("sqlalchemy")
check = test.check


def find(name, *conditions):
    check(name, lambda: conn.execute(select(runs.c.run_id).where(*conditions).order_by(runs.c.run_id)).all())


find("is_number", func.metadata_is(runs.c.metadata, "effectiveness", 20))
find("is_decimal", func.metadata_is(runs.c.metadata, "effectiveness", Decimal("35.5")))
find("is_big", func.metadata_is(runs.c.metadata, "parent", 7000000000))
find("is_text", func.metadata_is(runs.c.metadata, "optimizer.name", "adam"))
find("is_boolean", func.metadata_is(runs.c.metadata, "converged", True))
find("is_date", func.metadata_is(runs.c.metadata, "started", date(2024, 3, 1)))
find("is_json", func.metadata_is(runs.c.metadata, "version", cast("20", JSONB)))
find("is_null", func.metadata_is(runs.c.metadata, "effectiveness", None))
find("is_not_number", func.metadata_is_not(runs.c.metadata, "effectiveness", 20.0))
find("is_not_text", func.metadata_is_not(runs.c.metadata, "optimizer.name", "adam"))
find("in_numbers", func.metadata_in(runs.c.metadata, "effectiveness", [7, 35.5]))
find("in_texts", func.metadata_in(runs.c.metadata, "optimizer.name", ["sgd", "lion"]))
find("in_nothing", func.metadata_in(runs.c.metadata, "effectiveness", []))
find("not_in", func.metadata_not_in(runs.c.metadata, "effectiveness", cast(["7", "35.5"], ARRAY(Text))))
find("lt", func.metadata_lt(runs.c.metadata, "effectiveness", 7))
find("le", func.metadata_le(runs.c.metadata, "effectiveness", 7))
find("gt", func.metadata_gt(runs.c.metadata, "effectiveness", 20))
find("ge", func.metadata_ge(runs.c.metadata, "effectiveness", 20))
find("ge_instant", func.metadata_ge(runs.c.metadata, "started", datetime(2024, 1, 1, 0, 30, tzinfo=timezone.utc)))
find("ge_day", func.metadata_ge(runs.c.metadata, "started", date(2024, 3, 1)))
find("between_numbers", func.metadata_between(runs.c.metadata, "effectiveness", 7, 20.0))
find("between_days", func.metadata_between(runs.c.metadata, "started", date(2024, 1, 1), date(2024, 1, 31)))
find("contains", func.metadata_contains(runs.c.metadata, "notes", "100%"))
find("contains_quotes", func.metadata_contains(runs.c.metadata, "notes", "\"warm\" and 'hot' \\"))
find("not_contains", func.metadata_not_contains(runs.c.metadata, "notes", "arm"))
find("icontains", func.metadata_icontains(runs.c.metadata, "notes", "GRÖSSER"))
find("starts_with", func.metadata_starts_with(runs.c.metadata, "notes", "Warm"))
find("is_empty", func.metadata_is_empty(runs.c.metadata, "tags"), func.metadata_not_empty(runs.c.metadata, "notes"))
find("not_empty", func.metadata_not_empty(runs.c.metadata, "tags"))
find("filter", runs.c.metadata.op("@~")(literal('effectiveness >= 20 and optimizer.name is not "adam"', Text)))
find("webui", runs.c.metadata.op("@~")(WEBUI))

page = (
    select(runs.c.run_id, runs.c.metadata)
    .where(func.metadata_gt(runs.c.metadata, "effectiveness", 0))
    .order_by(func.metadata_sort(runs.c.metadata, "effectiveness").desc().nulls_last(), runs.c.run_id)
    .limit(2).offset(1)
)
check("sort", lambda: conn.execute(page).all())
check("count", lambda: conn.execute(
    select(func.count()).select_from(runs).where(func.metadata_not_empty(runs.c.metadata, "effectiveness"))).all())


def search():
    page = func.search_run_metadata("effectiveness is not empty", "metadata.effectiveness=desc", 2, 1).table_valued("run_id", "metadata", "total")
    rows = conn.execute(select(page)).all()
    assert rows[0].total == 4
    return rows


check("search", search)

conn.execute(select(func.post_run_metadata(900, cast({"effectiveness": 900}, JSONB))))
assert conn.execute(select(func.get_run_metadata(900, type_=JSONB))).scalar() == {"effectiveness": 900}
find("post", func.metadata_is(runs.c.metadata, "effectiveness", 900))
conn.execute(select(func.post_run_metadata(900, None)))
test.finish()
