"""Django's own lookups and transforms of a JSONField."""
from datetime import datetime, timezone

from django.db.models import DateTimeField, F, FloatField, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from harness_django import RunMetadata, harness

test = harness("native_django")
check = test.check
runs = RunMetadata.objects.order_by("run_id").values_list("run_id")
no_seed = Q(metadata__seed__isnull=True)


def text(key):
    return KeyTextTransform(key, "metadata")


def find(name, *conditions, **lookups):
    check(name, lambda: runs.filter(*conditions, **lookups))


find("equals_text", metadata__notes="imported")
find("equals_number", metadata__epochs=10)
find("equals_decimal", metadata__effectiveness=35.5)
find("equals_big", metadata__parent=7000000000)
find("equals_boolean", metadata__converged=True)
find("equals_null", metadata__effectiveness=None)
find("not_text", no_seed, ~Q(metadata__notes="imported"), metadata__notes__isnull=False)
find("not_number", no_seed, ~Q(metadata__optimizer__lr=0.1), metadata__optimizer__lr__isnull=False)
check("not_boolean", lambda: runs.filter(no_seed).exclude(metadata__converged=True))
find("not_or_missing", no_seed, ~Q(metadata__converged=True) | Q(metadata__converged__isnull=True))
find("in_texts", metadata__notes__in=["imported", "größer", "none"])
find("in_numbers", metadata__effectiveness__in=[7, 35.5])
find("not_in", no_seed, ~Q(metadata__notes__in=["imported", "größer"]), metadata__has_key="notes")
find("gt", metadata__epochs__gt=10)
find("ge", metadata__epochs__gte=10)
find("lt", metadata__optimizer__lr__lt=0.05)
find("between", metadata__epochs__range=(5, 10))
check("date", lambda: runs.annotate(finished=Cast(text("finished"), DateTimeField()))
      .filter(finished__gt=datetime(2024, 1, 15, 12, tzinfo=timezone.utc)))
find("is_missing", no_seed)
find("is_present", no_seed, metadata__optimizer__isnull=False)
find("has_key", metadata__has_key="parent")
find("has_any", metadata__has_any_keys=["parent", "version"])
find("has_all", metadata__has_keys=["tags", "version"])
find("nested", metadata__optimizer__name="adam")
find("contains", metadata__contains={"converged": True, "optimizer": {"name": "adam"}})
find("contains_element", metadata__contains={"tags": ["gpu"]})
# contains of a key is a document's.
check("contains_text", lambda: runs.annotate(notes=Cast(text("notes"), TextField())).filter(notes__contains="100%"))
find("starts_with", metadata__notes__startswith="Warm")
find("ends_with", metadata__notes__endswith="50%")
find("icontains", metadata__notes__icontains="WARM")
find("iexact", metadata__notes__iexact="IMPORTED")
find("and_or", Q(metadata__epochs__gte=10, metadata__converged=True) | Q(metadata__notes="imported"))
check("count_filter", lambda: [(runs.filter(metadata__epochs__gt=4).count(),)])
by_number = Cast(text("effectiveness"), FloatField())
check("sort_cast", lambda: runs.order_by(by_number.desc(nulls_last=True), "run_id")[1:3])
check("sort_json", lambda: runs.order_by(F("metadata__effectiveness").desc(nulls_last=True), "run_id")[1:3])

RunMetadata.objects.create(run_id=900, metadata={"scratch": "a"})
check("update", lambda: [(RunMetadata.objects.filter(metadata__scratch="a").update(metadata={"scratch": "b"}),)])
check("delete", lambda: [(RunMetadata.objects.filter(metadata__scratch="b").delete()[0],)])
test.finish()
