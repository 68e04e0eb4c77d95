// detmeta from Kysely: functions by eb.fn, and everything else in sql``. Values become parameters without a type.
import assert from 'node:assert';
import { sql } from 'kysely';
import { connectKysely } from './databases.mjs';
import { start, webui } from './harness.mjs';

const db = await connectKysely();
const { check, finish } = await start('kysely');

const runs = () => db.selectFrom('runs_metadata').select('run_id');
const find = (name, condition) => check(name, () => runs().where(condition).orderBy('run_id').execute());
const call = (name, predicate, ...values) => check(name, () => runs()
  .where((eb) => eb.fn(predicate, ['metadata', ...values.map((value) => eb.val(value))]))
  .orderBy('run_id').execute());

await find('is_number', sql`metadata_is(metadata, ${'effectiveness'}, ${20})`);
await call('is_decimal', 'metadata_is', 'effectiveness', 35.5);
await call('is_big', 'metadata_is', 'parent', 7000000000n);
await call('is_text', 'metadata_is', 'optimizer.name', 'adam');
await call('is_boolean', 'metadata_is', 'converged', true);
await find('is_date', sql`metadata_is(metadata, 'started', ${new Date('2024-03-01T00:00:00Z')}::timestamptz)`);
await find('is_json', sql`metadata_is(metadata, 'version', ${JSON.stringify('20')}::jsonb)`);
await call('is_null', 'metadata_is', 'effectiveness', null);
await call('is_not_number', 'metadata_is_not', 'effectiveness', 20);
await call('is_not_text', 'metadata_is_not', 'optimizer.name', 'adam');
await find('in_numbers', sql`metadata_in(metadata, 'effectiveness', ${[7, 35.5]})`);
await call('in_texts', 'metadata_in', 'optimizer.name', ['sgd', 'lion']);
await call('in_nothing', 'metadata_in', 'effectiveness', []);
await find('not_in', sql`metadata_not_in(metadata, 'effectiveness', array[${sql.join([7, 35.5])}])`);
await call('lt', 'metadata_lt', 'effectiveness', 7);
await call('le', 'metadata_le', 'effectiveness', 7);
await call('gt', 'metadata_gt', 'effectiveness', 20);
await call('ge', 'metadata_ge', 'effectiveness', 20);
await call('ge_instant', 'metadata_ge', 'started', new Date('2024-01-01T00:30:00Z'));
await call('ge_day', 'metadata_ge', 'started', '2024-03-01');
await call('between_numbers', 'metadata_between', 'effectiveness', 7, 20);
await call('between_days', 'metadata_between', 'started', '2024-01-01', '2024-01-31');
await call('contains', 'metadata_contains', 'notes', '100%');
await call('contains_quotes', 'metadata_contains', 'notes', '"warm" and \'hot\' \\');
await call('not_contains', 'metadata_not_contains', 'notes', 'arm');
await call('icontains', 'metadata_icontains', 'notes', 'GRÖSSER');
await call('starts_with', 'metadata_starts_with', 'notes', 'Warm');
await check('is_empty', () => runs()
  .where(sql`metadata_is_empty(metadata, ${'tags'})`).where(sql`metadata_not_empty(metadata, ${'notes'})`)
  .orderBy('run_id').execute());
await call('not_empty', 'metadata_not_empty', 'tags');
await find('filter', sql`metadata @~ ${'effectiveness >= 20 and optimizer.name is not "adam"'}`);
await find('webui', sql`metadata @~ ${webui}`);

const page = db.selectFrom('runs_metadata').select(['run_id', 'metadata'])
  .where(sql`metadata_gt(metadata, ${'effectiveness'}, ${0})`)
  .orderBy(sql`metadata_sort(metadata, ${'effectiveness'}) desc nulls last`).orderBy('run_id')
  .limit(2).offset(1);
await check('sort', () => page.execute());
await check('count', () => db.selectFrom('runs_metadata').select((eb) => eb.fn.countAll().as('n'))
  .where(sql`metadata_not_empty(metadata, ${'effectiveness'})`).execute());
await check('search', async () => {
  const { rows } = await sql`select run_id, metadata, total
    from search_run_metadata(${'effectiveness is not empty'}, ${'metadata.effectiveness=desc'}, ${2}, ${1})`.execute(db);
  assert.equal(rows[0].total, '4');
  return rows;
});

await sql`select post_run_metadata(${900}, ${{ effectiveness: 900 }})`.execute(db);
const { rows: [got] } = await sql`select get_run_metadata(${900}) as metadata`.execute(db);
assert.deepEqual(got.metadata, { effectiveness: 900 });
await call('post', 'metadata_is', 'effectiveness', 900);
await sql`select post_run_metadata(${900}, ${null})`.execute(db);

await finish();
await db.destroy();
