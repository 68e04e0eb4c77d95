"""SQLAlchemy's own operators of a JSONB column."""
from datetime import datetime, timezone

from sqlalchemy import DateTime, JSON, and_, cast, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, array

from harness_sqlalchemy import conn, harness, runs

test = harness("native_sqlalchemy")
check = test.check
metadata = runs.c.metadata
notes, effectiveness, epochs = metadata["notes"], metadata["effectiveness"], metadata["epochs"]
converged, lr = metadata["converged"], metadata["optimizer", "lr"]
no_seed = metadata["seed"].is_(None)


def find(name, *conditions):
    check(name, lambda: conn.execute(select(runs.c.run_id).where(*conditions).order_by(runs.c.run_id)).all())


find("equals_text", notes.astext == "imported")
find("equals_number", epochs.as_integer() == 10)
find("equals_decimal", effectiveness.as_float() == 35.5)
find("equals_big", metadata["parent"] == cast(7000000000, JSONB))
find("equals_boolean", converged.as_boolean())
find("equals_null", effectiveness == JSON.NULL)
find("not_text", no_seed, notes.as_string() != "imported")
find("not_number", no_seed, lr.as_numeric(10, 4) != 0.1)
find("not_boolean", no_seed, ~converged.as_boolean())
find("not_or_missing", no_seed, or_(~converged.as_boolean(), converged.is_(None)))
find("in_texts", notes.astext.in_(["imported", "größer", "none"]))
find("in_numbers", effectiveness.as_float().in_([7, 35.5]))
find("not_in", no_seed, notes.astext.not_in(["imported", "größer"]))
find("gt", epochs.as_integer() > 10)
find("ge", epochs.as_integer() >= 10)
find("lt", lr.as_float() < 0.05)
find("between", epochs.as_float().between(5, 10))
finished = cast(metadata["finished"].astext, DateTime(timezone=True))
find("date", finished > datetime(2024, 1, 15, 12, tzinfo=timezone.utc))
find("is_missing", no_seed)
find("is_present", no_seed, metadata["optimizer"].is_not(None))
find("has_key", metadata.has_key("parent"))
find("has_any", metadata.has_any(array(["parent", "version"])))
find("has_all", metadata.has_all(array(["tags", "version"])))
find("nested", metadata["optimizer", "name"].astext == "adam")
find("contains", metadata.contains({"converged": True, "optimizer": {"name": "adam"}}))
find("contains_element", metadata.contains({"tags": ["gpu"]}))
find("contains_text", notes.astext.contains("100%", autoescape=True))
find("starts_with", notes.astext.startswith("Warm"))
find("ends_with", notes.astext.endswith("50%", autoescape=True))
find("icontains", notes.astext.ilike("%WARM%"))
find("iexact", func.lower(notes.astext) == "imported")
find("and_or", or_(and_(epochs.as_float() >= 10, converged.as_boolean()), notes.astext == "imported"))
check("count_filter", lambda: conn.execute(
    select(func.count()).select_from(runs).where(epochs.as_integer() > 4)).all())


def page(name, order):
    check(name, lambda: conn.execute(
        select(runs.c.run_id).order_by(order.desc().nulls_last(), runs.c.run_id).limit(2).offset(1)).all())


page("sort_cast", effectiveness.as_float())
page("sort_json", effectiveness)

conn.execute(insert(runs).values(run_id=900, metadata={"scratch": "a"}))
scratch = metadata["scratch"].astext
changes = {
    "update": update(runs).where(scratch == "a").values(metadata={"scratch": "b"}),
    "delete": delete(runs).where(scratch == "b"),
}
for name, change in changes.items():
    check(name, lambda: [(conn.execute(change).rowcount,)])
test.finish()
