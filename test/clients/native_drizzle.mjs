// Drizzle's operators on PostgreSQL's operators of JSON, which are sql`` as Drizzle has none for these.
import {
  and, asc, between, count, eq, gt, gte, ilike, inArray, isNotNull, isNull, like, lt, ne, not, notInArray, or, sql,
} from 'drizzle-orm';
import { connectDrizzle } from './databases.mjs';
import { start } from './harness.mjs';

const { db, runs } = await connectDrizzle();
const { check, finish } = await start('native_drizzle');

const find = (name, ...conditions) => check(name, () => db.select({ runId: runs.runId }).from(runs)
  .where(and(...conditions)).orderBy(runs.runId));
const json = (key) => sql`${runs.metadata}->${key}`;
const text = (key) => sql`${runs.metadata}->>${key}`;
const number = (key) => sql`(${runs.metadata}->>${key})::float8`;
const converged = sql`(${runs.metadata}->>'converged')::boolean`;
const optimizer = (key) => sql`${runs.metadata}#>>${`{optimizer,${key}}`}`;
const noSeed = isNull(json('seed'));
const holds = (document) => sql`${runs.metadata} @> ${document}`;

await find('equals_text', eq(text('notes'), 'imported'));
await find('equals_number', eq(text('epochs'), 10));
await find('equals_decimal', eq(number('effectiveness'), 35.5));
await find('equals_big', eq(json('parent'), 7000000000));
await find('equals_boolean', eq(converged, true));
await find('equals_null', eq(json('effectiveness'), 'null'));
await find('not_text', noSeed, ne(text('notes'), 'imported'));
await find('not_number', noSeed, ne(sql`(${optimizer('lr')})::numeric`, 0.1));
await find('not_boolean', noSeed, not(converged));
await find('not_or_missing', noSeed, or(not(converged), isNull(json('converged'))));
await find('in_texts', inArray(text('notes'), ['imported', 'größer', 'none']));
await find('in_numbers', inArray(number('effectiveness'), [7, 35.5]));
await find('not_in', noSeed, notInArray(text('notes'), ['imported', 'größer']));
await find('gt', gt(number('epochs'), 10));
await find('ge', gte(json('epochs'), 10));
await find('lt', lt(sql`(${optimizer('lr')})::float8`, 0.05));
await find('between', between(number('epochs'), 5, 10));
await find('date', gt(sql`(${text('finished')})::timestamptz`, new Date('2024-01-15T12:00:00Z')));
await find('is_missing', noSeed);
await find('is_present', noSeed, isNotNull(json('optimizer')));
await find('has_key', sql`${runs.metadata} ? ${'parent'}`);
await find('has_any', sql`${runs.metadata} ?| ${sql.param(['parent', 'version'])}`);
await find('has_all', sql`${runs.metadata} ?& ${sql.param(['tags', 'version'])}`);
await find('nested', eq(optimizer('name'), 'adam'));
await find('contains', holds({ converged: true, optimizer: { name: 'adam' } }));
await find('contains_element', holds({ tags: ['gpu'] }));
await find('contains_text', like(text('notes'), '%100\\%%'));
await find('starts_with', like(text('notes'), 'Warm%'));
await find('ends_with', like(text('notes'), '%50\\%'));
await find('icontains', ilike(text('notes'), '%WARM%'));
await find('iexact', ilike(text('notes'), 'IMPORTED'));
await find('and_or', or(and(gte(number('epochs'), 10), converged), eq(text('notes'), 'imported')));
await check('count_filter', () => db.select({ n: count() }).from(runs).where(gt(number('epochs'), 4)));
const page = (order) => db.select({ runId: runs.runId }).from(runs)
  .orderBy(sql`${order} desc nulls last`, asc(runs.runId)).limit(2).offset(1);
await check('sort_cast', () => page(sql`(${runs.metadata}->>'effectiveness')::float8`));
await check('sort_json', () => page(sql`${runs.metadata}->'effectiveness'`));

await db.insert(runs).values({ runId: 900, metadata: { scratch: 'a' } });
await check('update', async () => {
  const { rowCount } = await db.update(runs).set({ metadata: { scratch: 'b' } }).where(eq(text('scratch'), 'a'));
  return [[rowCount]];
});
await check('delete', async () => [[(await db.delete(runs).where(eq(text('scratch'), 'b'))).rowCount]]);

await finish();
await db.$client.end();
