// detmeta from TypeORM: conditions of the query builder, with named parameters that go to node-postgres.
import assert from 'node:assert';
import { connectTypeORM } from './databases.mjs';
import { start, webui } from './harness.mjs';

const source = await connectTypeORM();
const { check, finish } = await start('typeorm');

const runs = () => source.getRepository('RunMetadata').createQueryBuilder('run').select('run.runId').orderBy('run.runId');
const found = (builder) => builder.getMany();
const find = (name, condition, values) => check(name, () => found(runs().where(condition, values)));

await find('is_number', 'metadata_is(run.metadata, :key, :value)', { key: 'effectiveness', value: 20 });
await find('is_decimal', 'metadata_is(run.metadata, :key, :value)', { key: 'effectiveness', value: 35.5 });
await find('is_big', 'metadata_is(run.metadata, :key, :value)', { key: 'parent', value: 7000000000 });
await find('is_text', 'metadata_is(run.metadata, :key, :value)', { key: 'optimizer.name', value: 'adam' });
await find('is_boolean', 'metadata_is(run.metadata, :key, :value)', { key: 'converged', value: true });
await find('is_date', "metadata_is(run.metadata, 'started', :value::timestamptz)", { value: new Date('2024-03-01T00:00:00Z') });
await find('is_json', "metadata_is(run.metadata, 'version', :value::jsonb)", { value: JSON.stringify('20') });
await find('is_null', 'metadata_is(run.metadata, :key, :value)', { key: 'effectiveness', value: null });
await find('is_not_number', 'metadata_is_not(run.metadata, :key, :value)', { key: 'effectiveness', value: 20 });
await find('is_not_text', 'metadata_is_not(run.metadata, :key, :value)', { key: 'optimizer.name', value: 'adam' });
await find('in_numbers', 'metadata_in(run.metadata, :key, :values)', { key: 'effectiveness', values: [7, 35.5] });
await find('in_texts', 'metadata_in(run.metadata, :key, :values)', { key: 'optimizer.name', values: ['sgd', 'lion'] });
await find('in_nothing', 'metadata_in(run.metadata, :key, :values)', { key: 'effectiveness', values: [] });
await find('not_in', 'metadata_not_in(run.metadata, :key, ARRAY[:...values])', { key: 'effectiveness', values: [7, 35.5] });
await find('lt', 'metadata_lt(run.metadata, :key, :value)', { key: 'effectiveness', value: 7 });
await find('le', 'metadata_le(run.metadata, :key, :value)', { key: 'effectiveness', value: 7 });
await find('gt', 'metadata_gt(run.metadata, :key, :value)', { key: 'effectiveness', value: 20 });
await find('ge', 'metadata_ge(run.metadata, :key, :value)', { key: 'effectiveness', value: 20 });
await find('ge_instant', 'metadata_ge(run.metadata, :key, :value)', { key: 'started', value: new Date('2024-01-01T00:30:00Z') });
await find('ge_day', 'metadata_ge(run.metadata, :key, :value)', { key: 'started', value: '2024-03-01' });
await find('between_numbers', 'metadata_between(run.metadata, :key, :low, :high)', { key: 'effectiveness', low: 7, high: 20 });
await find('between_days', 'metadata_between(run.metadata, :key, :low, :high)', { key: 'started', low: '2024-01-01', high: '2024-01-31' });
await find('contains', 'metadata_contains(run.metadata, :key, :value)', { key: 'notes', value: '100%' });
await find('contains_quotes', 'metadata_contains(run.metadata, :key, :value)', { key: 'notes', value: '"warm" and \'hot\' \\' });
await find('not_contains', 'metadata_not_contains(run.metadata, :key, :value)', { key: 'notes', value: 'arm' });
await find('icontains', 'metadata_icontains(run.metadata, :key, :value)', { key: 'notes', value: 'GRÖSSER' });
await find('starts_with', 'metadata_starts_with(run.metadata, :key, :value)', { key: 'notes', value: 'Warm' });
await check('is_empty', () => found(runs().where('metadata_is_empty(run.metadata, :tags)', { tags: 'tags' })
  .andWhere('metadata_not_empty(run.metadata, :notes)', { notes: 'notes' })));
await find('not_empty', 'metadata_not_empty(run.metadata, :key)', { key: 'tags' });
await find('filter', 'run.metadata @~ :filter', { filter: 'effectiveness >= 20 and optimizer.name is not "adam"' });
await find('webui', 'run.metadata @~ :filter', { filter: webui });

const page = source.getRepository('RunMetadata').createQueryBuilder('run')
  .where('metadata_gt(run.metadata, :key, :value)', { key: 'effectiveness', value: 0 })
  .orderBy('metadata_sort(run.metadata, :key)', 'DESC', 'NULLS LAST').addOrderBy('run.runId')
  .limit(2).offset(1);
await check('sort', () => page.getMany());
await check('count', async () => [[await runs().where('metadata_not_empty(run.metadata, :key)', { key: 'effectiveness' }).getCount()]]);
await check('search', async () => {
  const rows = await source.query('SELECT run_id, metadata, total FROM search_run_metadata($1, $2, $3, $4)',
    ['effectiveness is not empty', 'metadata.effectiveness=desc', 2, 1]);
  assert.equal(rows[0].total, '4');
  return rows;
});

await source.query('SELECT post_run_metadata($1, $2)', [900, { effectiveness: 900 }]);
const [got] = await source.query('SELECT get_run_metadata($1) AS metadata', [900]);
assert.deepEqual(got.metadata, { effectiveness: 900 });
await find('post', 'metadata_is(run.metadata, :key, :value)', { key: 'effectiveness', value: 900 });
await source.query('SELECT post_run_metadata($1, $2)', [900, null]);

await finish();
await source.destroy();
