/*
 * estimate_any_key.c
 *		Estimate what a probe of any key finds.
 *
 * Each key that may have what is looked for is estimated like a condition on it, and
 * keys are taken as independent.  Of very many keys, some stand for the others: those of
 * many rows, which are few, and some of the rest.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "plan/estimate_any_key.h"
#include "scan/any_key.h"

/* Bounds of the time that planning takes. */
#define MAX_LISTED_KEYS		10000
#define MAX_KEYS_OF_TREES	48	/* that are estimated */
#define MAX_OTHER_KEYS		48
#define MAX_ANY_KEY_WORK	800 /* in leaves that are looked at */

/* A key that may have what is looked for: the probes of it. */
typedef struct CandidateKey
{
	int			nparts;
	Probe	   *parts;
} CandidateKey;

/* Keys that are alike. */
typedef struct CandidateKeys
{
	int			n;
	int			allocated;
	CandidateKey *keys;
	int			most;			/* that are estimated */
} CandidateKeys;

/* An estimate under way. */
typedef struct AnyKeyEstimation
{
	GinReader  *reader;
	double		rows;			/* of the index */
	double		none;			/* share of them without any value that was found so far */
	ProbeEstimate *result;
} AnyKeyEstimation;

/* Add the current key, if it may have what is looked for. */
static void
add_candidate(const AnyKey *keys, const Probe *probe, CandidateKeys *candidates)
{
	CandidateKey key = {0};

	for (int i = 0; i < probe->nparts; i++)
	{
		if (!detmeta_any_key_has(keys, &probe->parts[i]))
			continue;
		if (key.parts == NULL)
			key.parts = palloc_array(Probe, probe->nparts - i);
		key.parts[key.nparts++] = detmeta_any_key_probe(keys, &probe->parts[i]);
	}
	if (key.nparts == 0)
		return;
	if (candidates->n == candidates->allocated)
	{
		candidates->allocated = Max(64, 2 * candidates->allocated);
		candidates->keys = candidates->keys == NULL ?
			palloc_array(CandidateKey, candidates->allocated) :
			repalloc_array(candidates->keys, CandidateKey, candidates->allocated);
	}
	candidates->keys[candidates->n++] = key;
}

/* Estimate some keys, each of which stands for "weight" of them. */
static void
estimate_candidates(AnyKeyEstimation *est, const CandidateKeys *candidates)
{
	int			step = (candidates->n + candidates->most - 1) / Max(1, candidates->most);
	double		done = 0;
	double		none = 1;
	double		entries = 0;

	for (int i = 0; i < candidates->n; i += Max(1, step))
	{
		const CandidateKey *key = &candidates->keys[i];
		double		rows = 0;

		if (est->result->work > MAX_ANY_KEY_WORK && done > 0)
			break;
		for (int j = 0; j < key->nparts; j++)
		{
			ProbeEstimate part;

			CHECK_FOR_INTERRUPTS();
			detmeta_estimate_probe(est->reader, &key->parts[j], &part);
			rows += part.rows;
			entries += part.entries;
			est->result->work += part.work;
			est->result->guessed |= part.guessed;
		}
		none *= 1 - Min(1.0, rows / est->rows);
		done++;
	}
	if (done == 0)
		return;
	est->result->guessed |= done < candidates->n;
	est->result->entries += entries * candidates->n / done;
	est->none *= pow(none, candidates->n / done);
}

/* Estimate what a probe of any key finds, in an index of so many rows. */
void
detmeta_estimate_any_key(GinReader *reader, const Probe *probe, double rows,
						 ProbeEstimate *result)
{
	AnyKeyEstimation est = {reader, rows, 1, result};
	CandidateKeys of_trees = {.most = MAX_KEYS_OF_TREES};
	CandidateKeys others = {.most = MAX_OTHER_KEYS};
	AnyKey		keys;
	int			listed = 0;

	memset(result, 0, sizeof(*result));
	result->known = true;
	detmeta_any_key_begin(&keys, reader);
	while (listed++ < MAX_LISTED_KEYS && detmeta_any_key_next(&keys))
		add_candidate(&keys, probe, keys.has_tree ? &of_trees : &others);
	detmeta_any_key_end(&keys);
	result->entries = listed;
	estimate_candidates(&est, &of_trees);
	estimate_candidates(&est, &others);
	result->rows = rows * (1 - est.none);
}
