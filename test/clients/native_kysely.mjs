// Kysely's references into JSON, and its operators.
import { sql } from 'kysely';
import { connectKysely } from './databases.mjs';
import { start } from './harness.mjs';

const db = await connectKysely();
const { check, finish } = await start('native_kysely');

const runs = () => db.selectFrom('runs_metadata').select('run_id');
const find = (name, condition) => check(name, () => runs().where(condition).orderBy('run_id').execute());
const where = (name, reference, operator, value) => find(name, (eb) => eb(reference(eb), operator, value));
const text = (...keys) => (eb) => keys.reduce((path, key) => path.key(key), eb.ref('metadata', '->>'));
const json = (key) => (eb) => eb.ref('metadata', '->').key(key);
const to = (type, reference) => (eb) => eb.cast(reference(eb), type);
const number = (...keys) => to('double precision', text(...keys));
const metadata = (eb) => eb.ref('metadata');
const noSeed = (eb) => eb(text('seed')(eb), 'is', null);
const findNoSeed = (name, condition) => find(name, (eb) => noSeed(eb).and(condition(eb)));

await where('equals_text', text('notes'), '=', 'imported');
await where('equals_number', to('integer', text('epochs')), '=', 10);
await where('equals_decimal', number('effectiveness'), '=', 35.5);
await where('equals_big', to('bigint', text('parent')), '=', 7000000000n);
await where('equals_boolean', json('converged'), '=', true);
await where('equals_null', json('effectiveness'), '=', 'null');
await findNoSeed('not_text', (eb) => eb(text('notes')(eb), '!=', 'imported'));
await findNoSeed('not_number', (eb) => eb(to('numeric', text('optimizer', 'lr'))(eb), '!=', 0.1));
await findNoSeed('not_boolean', (eb) => eb.not(eb(json('converged')(eb), '=', true)));
await findNoSeed('not_or_missing', (eb) => eb.or([
  eb.not(eb(json('converged')(eb), '=', true)),
  eb(json('converged')(eb), 'is', null),
]));
await where('in_texts', text('notes'), 'in', ['imported', 'größer', 'none']);
await where('in_numbers', number('effectiveness'), 'in', [7, 35.5]);
await findNoSeed('not_in', (eb) => eb(text('notes')(eb), 'not in', ['imported', 'größer']));
await where('gt', number('epochs'), '>', 10);
await where('ge', json('epochs'), '>=', 10);
await where('lt', number('optimizer', 'lr'), '<', 0.05);
await find('between', (eb) => eb.between(number('epochs')(eb), 5, 10));
await where('date', to('timestamptz', text('finished')), '>', new Date('2024-01-15T12:00:00Z'));
await find('is_missing', noSeed);
await findNoSeed('is_present', (eb) => eb(json('optimizer')(eb), 'is not', null));
await where('has_key', metadata, '?', 'parent');
await where('has_any', metadata, '?|', sql.val(['parent', 'version']));
await where('has_all', metadata, '?&', sql.val(['tags', 'version']));
await where('nested', text('optimizer', 'name'), '=', 'adam');
await where('contains', metadata, '@>', { converged: true, optimizer: { name: 'adam' } });
await where('contains_element', metadata, '@>', { tags: ['gpu'] });
await where('contains_text', text('notes'), 'like', '%100\\%%');
await where('starts_with', text('notes'), '^@', 'Warm');
await where('ends_with', text('notes'), 'like', '%50\\%');
await where('icontains', text('notes'), 'ilike', '%WARM%');
await find('iexact', (eb) => eb(eb.fn('lower', [text('notes')(eb)]), '=', 'imported'));
await find('and_or', (eb) => eb.and([eb(number('epochs')(eb), '>=', 10), eb(json('converged')(eb), '=', true)])
  .or(eb(text('notes')(eb), '=', 'imported')));
await check('count_filter', () => db.selectFrom('runs_metadata').select((eb) => eb.fn.countAll())
  .where((eb) => eb(number('epochs')(eb), '>', 4)).execute());
const page = (order) => runs().orderBy(order, (by) => by.desc().nullsLast()).orderBy('run_id')
  .limit(2).offset(1).execute();
await check('sort_cast', () => page(number('effectiveness')));
await check('sort_json', () => page(json('effectiveness')));

await db.insertInto('runs_metadata').values({ run_id: 900, metadata: { scratch: 'a' } }).execute();
const scratch = (value) => (eb) => eb(text('scratch')(eb), '=', value);
await check('update', async () => {
  const update = db.updateTable('runs_metadata').set({ metadata: { scratch: 'b' } });
  return [[(await update.where(scratch('a')).executeTakeFirst()).numUpdatedRows]];
});
await check('delete', async () => {
  const deletion = db.deleteFrom('runs_metadata').where(scratch('b'));
  return [[(await deletion.executeTakeFirst()).numDeletedRows]];
});

await finish();
await db.destroy();
