"""detmeta from Django: a predicate is a Func in filter() or exclude(), an order a Func in order_by()."""
from datetime import date, datetime, timezone
from decimal import Decimal

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Cast

from harness import WEBUI
from harness_django import RunMetadata, ask, harness


class Metadata(Func):
    """Metadata("is", key, value): a condition on the column metadata."""

    output_field = models.BooleanField()

    def __init__(self, predicate, *values, **extra):
        values = [value if hasattr(value, "resolve_expression") else Value(value) for value in values]
        super().__init__("metadata", *values, function="metadata_" + predicate, **extra)


class MetadataSort(Metadata):
    output_field = models.BinaryField()

    def __init__(self, key, **extra):
        super().__init__("sort", key, **extra)


test = harness("django")
check = test.check


def find(name, *conditions):
    check(name, lambda: RunMetadata.objects.filter(*conditions).order_by("run_id").values_list("run_id"))


find("is_number", Metadata("is", "effectiveness", 20))
find("is_decimal", Metadata("is", "effectiveness", Decimal("35.5")))
find("is_big", Metadata("is", "parent", 7000000000))
find("is_text", Metadata("is", "optimizer.name", "adam"))
find("is_boolean", Metadata("is", "converged", True))
find("is_date", Metadata("is", "started", date(2024, 3, 1)))
find("is_json", Metadata("is", "version", Cast(Value("20", models.JSONField()), models.JSONField())))
find("is_null", Metadata("is", "effectiveness", None))
find("is_not_number", Metadata("is_not", "effectiveness", 20.0))
find("is_not_text", Metadata("is_not", "optimizer.name", "adam"))
find("in_numbers", Metadata("in", "effectiveness", [7, 35.5]))
find("in_texts", Metadata("in", "optimizer.name", ["sgd", "lion"]))
find("in_nothing", Metadata("in", "effectiveness", []))
find("not_in", Metadata("not_in", "effectiveness", [Decimal(7), Decimal("35.5")]))
find("lt", Metadata("lt", "effectiveness", 7))
find("le", Metadata("le", "effectiveness", 7))
find("gt", Metadata("gt", "effectiveness", 20))
find("ge", Metadata("ge", "effectiveness", 20))
find("ge_instant", Metadata("ge", "started", datetime(2024, 1, 1, 0, 30, tzinfo=timezone.utc)))
find("ge_day", Metadata("ge", "started", date(2024, 3, 1)))
find("between_numbers", Metadata("between", "effectiveness", 7, 20.0))
find("between_days", Metadata("between", "started", date(2024, 1, 1), date(2024, 1, 31)))
find("contains", Metadata("contains", "notes", "100%"))
find("contains_quotes", Metadata("contains", "notes", "\"warm\" and 'hot' \\"))
find("not_contains", Metadata("not_contains", "notes", "arm"))
find("icontains", Metadata("icontains", "notes", "GRÖSSER"))
find("starts_with", Metadata("starts_with", "notes", "Warm"))
find("is_empty", Metadata("is_empty", "tags"), Metadata("not_empty", "notes"))
find("not_empty", Metadata("not_empty", "tags"))
find("filter", Metadata("matches", 'effectiveness >= 20 and optimizer.name is not "adam"'))
find("webui", Func("metadata", Value(WEBUI, models.JSONField()), template="%(expressions)s", arg_joiner=" @~ ", output_field=models.BooleanField()))

page = (
    RunMetadata.objects.filter(Metadata("gt", "effectiveness", 0))
    .order_by(MetadataSort("effectiveness").desc(nulls_last=True), "run_id")
)
check("sort", lambda: page.values_list("run_id")[1:3])
check("count", lambda: [(RunMetadata.objects.filter(Metadata("not_empty", "effectiveness")).count(),)])


def search():
    page = RunMetadata.objects.raw("SELECT run_id, metadata, total FROM search_run_metadata(%s, %s, %s, %s)",
                                   ["effectiveness is not empty", "metadata.effectiveness=desc", 2, 1])
    assert page[0].total == 4
    return [(run.run_id,) for run in page]


check("search", search)

ask("SELECT post_run_metadata(%s, %s)", [900, '{"effectiveness": 900}'])
assert RunMetadata.objects.get(pk=900).metadata == {"effectiveness": 900}
find("post", Metadata("is", "effectiveness", 900))
ask("SELECT post_run_metadata(%s, %s)", [900, None])
test.finish()
