// detmeta from node-postgres. It sends every parameter as text, of a type that the server is to find out.
import assert from 'node:assert';
import { connectPool } from './databases.mjs';
import { start, webui } from './harness.mjs';

const pool = connectPool();
const { check, finish } = await start('node-postgres');

const find = (name, condition, ...values) => check(name, async () => {
  const { rows } = await pool.query(`SELECT run_id FROM runs_metadata WHERE ${condition} ORDER BY run_id`, values);
  return rows;
});

await find('is_number', 'metadata_is(metadata, $1, $2)', 'effectiveness', 20);
await find('is_decimal', 'metadata_is(metadata, $1, $2)', 'effectiveness', 35.5);
await find('is_big', 'metadata_is(metadata, $1, $2)', 'parent', 7000000000n);
await find('is_text', 'metadata_is(metadata, $1, $2)', 'optimizer.name', 'adam');
await find('is_boolean', 'metadata_is(metadata, $1, $2)', 'converged', true);
await find('is_date', 'metadata_is(metadata, $1, $2::timestamptz)', 'started', new Date('2024-03-01T00:00:00Z'));
await find('is_json', 'metadata_is(metadata, $1, $2::jsonb)', 'version', JSON.stringify('20'));
await find('is_null', 'metadata_is(metadata, $1, $2)', 'effectiveness', null);
await find('is_not_number', 'metadata_is_not(metadata, $1, $2)', 'effectiveness', 20);
await find('is_not_text', 'metadata_is_not(metadata, $1, $2)', 'optimizer.name', 'adam');
await find('in_numbers', 'metadata_in(metadata, $1, $2)', 'effectiveness', [7, 35.5]);
await find('in_texts', 'metadata_in(metadata, $1, $2)', 'optimizer.name', ['sgd', 'lion']);
await find('in_nothing', 'metadata_in(metadata, $1, $2)', 'effectiveness', []);
await find('not_in', 'metadata_not_in(metadata, $1, $2::numeric[])', 'effectiveness', [7, 35.5]);
await find('lt', 'metadata_lt(metadata, $1, $2)', 'effectiveness', 7);
await find('le', 'metadata_le(metadata, $1, $2)', 'effectiveness', 7);
await find('gt', 'metadata_gt(metadata, $1, $2)', 'effectiveness', 20);
await check('ge', async () => {
  const { rows } = await pool.query({
    name: 'at-least',
    text: 'SELECT run_id FROM runs_metadata WHERE metadata_ge(metadata, $1, $2) ORDER BY run_id',
    values: ['effectiveness', 20],
  });
  return rows;
});
await find('ge_instant', 'metadata_ge(metadata, $1, $2)', 'started', new Date('2024-01-01T00:30:00Z'));
await find('ge_day', 'metadata_ge(metadata, $1, $2)', 'started', '2024-03-01');
await find('between_numbers', 'metadata_between(metadata, $1, $2, $3)', 'effectiveness', 7, 20);
await find('between_days', 'metadata_between(metadata, $1, $2::date, $3::date)', 'started', '2024-01-01', '2024-01-31');
await find('contains', 'metadata_contains(metadata, $1, $2)', 'notes', '100%');
await find('contains_quotes', 'metadata_contains(metadata, $1, $2)', 'notes', '"warm" and \'hot\' \\');
await find('not_contains', 'metadata_not_contains(metadata, $1, $2)', 'notes', 'arm');
await find('icontains', 'metadata_icontains(metadata, $1, $2)', 'notes', 'GRÖSSER');
await find('starts_with', 'metadata_starts_with(metadata, $1, $2)', 'notes', 'Warm');
await find('is_empty', 'metadata_is_empty(metadata, $1) AND metadata_not_empty(metadata, $2)', 'tags', 'notes');
await find('not_empty', 'metadata_not_empty(metadata, $1)', 'tags');
await find('filter', 'metadata @~ $1', 'effectiveness >= 20 and optimizer.name is not "adam"');
await find('webui', 'metadata @~ $1', webui);

await check('sort', async () => {
  const { rows } = await pool.query(
    `SELECT run_id, metadata FROM runs_metadata WHERE metadata_gt(metadata, $1, $2)
     ORDER BY metadata_sort(metadata, $1) DESC NULLS LAST, run_id LIMIT $3 OFFSET $4`,
    ['effectiveness', 0, 2, 1]);
  return rows;
});
await check('count', async () => {
  const { rows } = await pool.query('SELECT count(*) FROM runs_metadata WHERE metadata_not_empty(metadata, $1)', ['effectiveness']);
  return rows;
});
await check('search', async () => {
  const { rows } = await pool.query(
    'SELECT run_id, metadata, total FROM search_run_metadata($1, $2, $3, $4)',
    ['effectiveness is not empty', 'metadata.effectiveness=desc', 2, 1]);
  assert.equal(rows[0].total, '4');
  return rows;
});

await pool.query('SELECT post_run_metadata($1, $2)', [900, { effectiveness: 900 }]);
const { rows: [got] } = await pool.query('SELECT get_run_metadata($1) AS metadata', [900]);
assert.deepEqual(got.metadata, { effectiveness: 900 });
await find('post', 'metadata_is(metadata, $1, $2)', 'effectiveness', 900);
await pool.query('SELECT post_run_metadata($1, $2)', [900, null]);

await finish();
await pool.end();
