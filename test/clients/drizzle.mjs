// detmeta from Drizzle: conditions are sql`` with the table's columns. sql.param() keeps an array one parameter.
import assert from 'node:assert';
import { and, count, sql } from 'drizzle-orm';
import { connectDrizzle } from './databases.mjs';
import { start, webui } from './harness.mjs';

const { db, runs } = await connectDrizzle();
const { check, finish } = await start('drizzle');

const find = (name, ...conditions) => check(name, () => db.select({ runId: runs.runId }).from(runs)
  .where(and(...conditions)).orderBy(runs.runId));

await find('is_number', sql`metadata_is(${runs.metadata}, ${'effectiveness'}, ${20})`);
await find('is_decimal', sql`metadata_is(${runs.metadata}, ${'effectiveness'}, ${35.5})`);
await find('is_big', sql`metadata_is(${runs.metadata}, ${'parent'}, ${7000000000n})`);
await find('is_text', sql`metadata_is(${runs.metadata}, ${'optimizer.name'}, ${'adam'})`);
await find('is_boolean', sql`metadata_is(${runs.metadata}, ${'converged'}, ${true})`);
await find('is_date', sql`metadata_is(${runs.metadata}, 'started', ${new Date('2024-03-01T00:00:00Z')}::timestamptz)`);
await find('is_json', sql`metadata_is(${runs.metadata}, 'version', ${JSON.stringify('20')}::jsonb)`);
await find('is_null', sql`metadata_is(${runs.metadata}, ${'effectiveness'}, ${null})`);
await find('is_not_number', sql`metadata_is_not(${runs.metadata}, ${'effectiveness'}, ${20})`);
await find('is_not_text', sql`metadata_is_not(${runs.metadata}, ${'optimizer.name'}, ${'adam'})`);
await find('in_numbers', sql`metadata_in(${runs.metadata}, ${'effectiveness'}, ${sql.param([7, 35.5])})`);
await find('in_texts', sql`metadata_in(${runs.metadata}, ${'optimizer.name'}, ${sql.param(['sgd', 'lion'])})`);
await find('in_nothing', sql`metadata_in(${runs.metadata}, ${'effectiveness'}, ${sql.param([])})`);
await find('not_in', sql`metadata_not_in(${runs.metadata}, ${'effectiveness'}, ${sql.param([7, 35.5])}::numeric[])`);
await find('lt', sql`metadata_lt(${runs.metadata}, ${'effectiveness'}, ${7})`);
await find('le', sql`metadata_le(${runs.metadata}, ${'effectiveness'}, ${7})`);
await find('gt', sql`metadata_gt(${runs.metadata}, ${'effectiveness'}, ${20})`);
await find('ge', sql`metadata_ge(${runs.metadata}, ${'effectiveness'}, ${20})`);
await find('ge_instant', sql`metadata_ge(${runs.metadata}, ${'started'}, ${new Date('2024-01-01T00:30:00Z')})`);
await find('ge_day', sql`metadata_ge(${runs.metadata}, ${'started'}, ${'2024-03-01'})`);
await find('between_numbers', sql`metadata_between(${runs.metadata}, ${'effectiveness'}, ${7}, ${20})`);
await find('between_days', sql`metadata_between(${runs.metadata}, ${'started'}, ${'2024-01-01'}, ${'2024-01-31'})`);
await find('contains', sql`metadata_contains(${runs.metadata}, ${'notes'}, ${'100%'})`);
await find('contains_quotes', sql`metadata_contains(${runs.metadata}, ${'notes'}, ${'"warm" and \'hot\' \\'})`);
await find('not_contains', sql`metadata_not_contains(${runs.metadata}, ${'notes'}, ${'arm'})`);
await find('icontains', sql`metadata_icontains(${runs.metadata}, ${'notes'}, ${'GRÖSSER'})`);
await find('starts_with', sql`metadata_starts_with(${runs.metadata}, ${'notes'}, ${'Warm'})`);
await find('is_empty', sql`metadata_is_empty(${runs.metadata}, ${'tags'})`, sql`metadata_not_empty(${runs.metadata}, ${'notes'})`);
await find('not_empty', sql`metadata_not_empty(${runs.metadata}, ${'tags'})`);
await find('filter', sql`${runs.metadata} @~ ${'effectiveness >= 20 and optimizer.name is not "adam"'}`);
await find('webui', sql`${runs.metadata} @~ ${webui}`);

const page = db.select().from(runs)
  .where(sql`metadata_gt(${runs.metadata}, ${'effectiveness'}, ${0})`)
  .orderBy(sql`metadata_sort(${runs.metadata}, ${'effectiveness'}) desc nulls last`, runs.runId)
  .limit(2).offset(1);
await check('sort', () => page);
await check('count', () => db.select({ n: count() }).from(runs)
  .where(sql`metadata_not_empty(${runs.metadata}, ${'effectiveness'})`));
await check('search', async () => {
  const { rows } = await db.execute(sql`select run_id, metadata, total
    from search_run_metadata(${'effectiveness is not empty'}, ${'metadata.effectiveness=desc'}, ${2}, ${1})`);
  assert.equal(rows[0].total, '4');
  return rows;
});

await db.execute(sql`select post_run_metadata(${900}, ${{ effectiveness: 900 }})`);
const { rows: [got] } = await db.execute(sql`select get_run_metadata(${900}) as metadata`);
assert.deepEqual(got.metadata, { effectiveness: 900 });
await find('post', sql`metadata_is(${runs.metadata}, ${'effectiveness'}, ${900})`);
await db.execute(sql`select post_run_metadata(${900}, ${null})`);

await finish();
await db.$client.end();
