// detmeta from Knex: conditions are raw fragments with bindings, which Knex sends through node-postgres.
import assert from 'node:assert';
import { connectKnex } from './databases.mjs';
import { start, webui } from './harness.mjs';

const knex = await connectKnex();
const { check, finish } = await start('knex');

const runs = () => knex('runs_metadata').select('run_id').orderBy('run_id');
const find = (name, condition, ...bindings) => check(name, () => runs().whereRaw(condition, bindings));

await find('is_number', 'metadata_is(metadata, ?, ?)', 'effectiveness', 20);
await find('is_decimal', 'metadata_is(metadata, ?, ?)', 'effectiveness', 35.5);
await find('is_big', 'metadata_is(metadata, ?, ?)', 'parent', 7000000000);
await find('is_text', 'metadata_is(metadata, ?, ?)', 'optimizer.name', 'adam');
await find('is_boolean', 'metadata_is(metadata, ?, ?)', 'converged', true);
await find('is_date', 'metadata_is(metadata, ?, ?::timestamptz)', 'started', new Date('2024-03-01T00:00:00Z'));
await find('is_json', 'metadata_is(metadata, ?, ?::jsonb)', 'version', JSON.stringify('20'));
await find('is_null', 'metadata_is(metadata, ?, ?)', 'effectiveness', null);
await check('is_not_number', () => runs().whereRaw('metadata_is_not(metadata, :key, :value)', { key: 'effectiveness', value: 20 }));
await find('is_not_text', 'metadata_is_not(metadata, ?, ?)', 'optimizer.name', 'adam');
await find('in_numbers', 'metadata_in(metadata, ?, ?)', 'effectiveness', [7, 35.5]);
await find('in_texts', 'metadata_in(metadata, ?, ?)', 'optimizer.name', ['sgd', 'lion']);
await find('in_nothing', 'metadata_in(metadata, ?, ?)', 'effectiveness', []);
await find('not_in', 'metadata_not_in(metadata, ?, ?::numeric[])', 'effectiveness', [7, 35.5]);
await find('lt', 'metadata_lt(metadata, ?, ?)', 'effectiveness', 7);
await find('le', 'metadata_le(metadata, ?, ?)', 'effectiveness', 7);
await find('gt', 'metadata_gt(metadata, ?, ?)', 'effectiveness', 20);
await find('ge', 'metadata_ge(metadata, ?, ?)', 'effectiveness', 20);
await find('ge_instant', 'metadata_ge(metadata, ?, ?)', 'started', new Date('2024-01-01T00:30:00Z'));
await find('ge_day', 'metadata_ge(metadata, ?, ?)', 'started', '2024-03-01');
await find('between_numbers', 'metadata_between(metadata, ?, ?, ?)', 'effectiveness', 7, 20);
await find('between_days', 'metadata_between(metadata, ?, ?, ?)', 'started', '2024-01-01', '2024-01-31');
await find('contains', 'metadata_contains(metadata, ?, ?)', 'notes', '100%');
await find('contains_quotes', 'metadata_contains(metadata, ?, ?)', 'notes', '"warm" and \'hot\' \\');
await find('not_contains', 'metadata_not_contains(metadata, ?, ?)', 'notes', 'arm');
await find('icontains', 'metadata_icontains(metadata, ?, ?)', 'notes', 'GRÖSSER');
await find('starts_with', 'metadata_starts_with(metadata, ?, ?)', 'notes', 'Warm');
await check('is_empty', () => runs().whereRaw('metadata_is_empty(metadata, ?)', 'tags').whereRaw('metadata_not_empty(metadata, ?)', 'notes'));
await find('not_empty', 'metadata_not_empty(metadata, ?)', 'tags');
await find('filter', 'metadata @~ ?', 'effectiveness >= 20 and optimizer.name is not "adam"');
await find('webui', 'metadata @~ ?', webui);

const page = knex('runs_metadata').select('run_id', 'metadata')
  .whereRaw('metadata_gt(metadata, ?, ?)', ['effectiveness', 0])
  .orderByRaw('metadata_sort(metadata, ?) DESC NULLS LAST, run_id', 'effectiveness')
  .limit(2).offset(1);
await check('sort', () => page);
await check('count', () => knex('runs_metadata').whereRaw('metadata_not_empty(metadata, ?)', 'effectiveness').count());
await check('search', async () => {
  const rows = await knex.select('run_id', 'metadata', 'total')
    .fromRaw('search_run_metadata(?, ?, ?, ?)', ['effectiveness is not empty', 'metadata.effectiveness=desc', 2, 1]);
  assert.equal(rows[0].total, '4');
  return rows;
});

await knex.select(knex.raw('post_run_metadata(?, ?)', [900, { effectiveness: 900 }]));
const got = await knex.first(knex.raw('get_run_metadata(?) AS metadata', [900]));
assert.deepEqual(got.metadata, { effectiveness: 900 });
await find('post', 'metadata_is(metadata, ?, ?)', 'effectiveness', 900);
await knex.select(knex.raw('post_run_metadata(?, ?)', [900, null]));

await finish();
await knex.destroy();
