/*
 * part.c
 *		The state of an aggregate that counts a part of a relation's rows.
 */
#include "postgres.h"

#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/find.h"
#include "explore/group_part.h"
#include "explore/keys.h"
#include "explore/part.h"
#include "explore/part_json.h"
#include "explore/query.h"
#include "explore/values.h"

struct Part
{
	ExpandedObjectHeader header;
	const ExploreKind *kind;
	void	   *state;
	Jsonb	   *flat;			/* NULL: the state has changed since */
};

static const ExploreKind *const kinds[] = {
	&detmeta_explore_keys, &detmeta_explore_values, &detmeta_explore_find, &detmeta_explore_groups
};

/* Find the kind of a request. */
static const ExploreKind *
kind_of(JsonbContainer *request)
{
	char	   *name = detmeta_part_text(request, "list");

	for (int i = 0; name != NULL && i < (int) lengthof(kinds); i++)
	{
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	}
	detmeta_part_refuse();
}

/* Write a part. */
static Jsonb *
flatten_part(Part *part)
{
	JsonbBuilder builder = {0};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	detmeta_explore_push_request(part->kind, part->state, &builder);
	part->kind->write_part(part->state, &builder);
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* Write a part to be copied from, and return its size. */
static Size
get_flat_size(ExpandedObjectHeader *header)
{
	Part	   *part = (Part *) header;
	MemoryContext context;
	MemoryContext old;
	Jsonb	   *flat;

	if (part->flat != NULL)
		return VARSIZE(part->flat);
	context = AllocSetContextCreate(CurrentMemoryContext, "metadata part", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	flat = flatten_part(part);
	part->flat = MemoryContextAllocHuge(header->eoh_context, VARSIZE(flat));
	memcpy(part->flat, flat, VARSIZE(flat));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return VARSIZE(part->flat);
}

/* Copy what was written. */
static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	memcpy(result, ((Part *) header)->flat, size);
}

static const ExpandedObjectMethods methods = {
	.get_flat_size = get_flat_size,
	.flatten_into = flatten_into
};

/* Begin a part. */
Part *
detmeta_part_create(Jsonb *request, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "metadata part", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Part	   *part = palloc0_object(Part);

	EOH_init_header(&part->header, &methods, context);
	part->kind = kind_of(&request->root);
	part->state = part->kind->begin(&request->root);
	MemoryContextSwitchTo(old);
	return part;
}

/* Return the part that is an argument. */
Part *
detmeta_part_argument(Datum datum, MemoryContext parent)
{
	Jsonb	   *flat;
	Part	   *part;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
	{
		part = (Part *) DatumGetEOHP(datum);
		if (part->header.eoh_methods == &methods)
			return part;
	}
	flat = DatumGetJsonbP(datum);
	part = detmeta_part_create(flat, parent);
	detmeta_part_add(part, flat);
	return part;
}

/*
 * Return the part that is an argument, only to be read: a final function gets it so
 * that it cannot be changed, and a copy would take as much again.
 */
Part *
detmeta_part_to_read(Datum datum)
{
	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		Part	   *part = (Part *) DatumGetEOHP(datum);

		if (part->header.eoh_methods == &methods)
			return part;
	}
	return detmeta_part_argument(datum, CurrentMemoryContext);
}

/* Return a part as an argument. */
Datum
detmeta_part_datum(Part *part)
{
	return EOHPGetRWDatum(&part->header);
}

/* Return the state of a part, which has to be of a kind. */
void *
detmeta_part_state(Part *part, const ExploreKind *kind)
{
	if (part->kind != kind)
		detmeta_part_refuse();
	if (part->flat != NULL)
		pfree(part->flat);
	part->flat = NULL;
	return part->state;
}

/* Return the kind of a part. */
const ExploreKind *
detmeta_part_kind(const Part *part)
{
	return part->kind;
}

/* Add another part, which has to be of the same kind. */
void
detmeta_part_add(Part *part, Jsonb *other)
{
	void	   *state = detmeta_part_state(part, kind_of(&other->root));

	part->kind->add_part(&other->root, state);
}
