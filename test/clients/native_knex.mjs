// Knex's JSON methods; and where it has none, PostgreSQL's operators in raw operands.
import { connectKnex } from './databases.mjs';
import { start } from './harness.mjs';

const knex = await connectKnex();
const { check, finish } = await start('native_knex');

const runs = () => knex('runs_metadata').select('run_id').orderBy('run_id');
const find = (name, condition) => check(name, () => runs().where(condition));
const findNoSeed = (name, condition) => check(name, () => runs().whereNull(text('seed')).where(condition));
const path = (name, ...comparison) => find(name, (q) => q.whereJsonPath('metadata', ...comparison));
const text = (key) => knex.raw('metadata->>?', [key]);
const number = (key) => knex.raw('(metadata->>?)::float8', [key]);

await path('equals_text', '$.notes', '=', 'imported');
await path('equals_number', '$.epochs', '=', 10);
await find('equals_decimal', (q) => q.where(number('effectiveness'), 35.5));
await find('equals_big', (q) => q.where(text('parent'), 7000000000));
await path('equals_boolean', '$.converged', '=', true);
await find('equals_null', (q) => q.whereJsonSupersetOf('metadata', { effectiveness: null }));
await findNoSeed('not_text', (q) => q.whereJsonPath('metadata', '$.notes', '!=', 'imported'));
await findNoSeed('not_number', (q) => q.whereJsonPath('metadata', '$.optimizer.lr', '!=', 0.1));
await findNoSeed('not_boolean', (q) => q.whereNot((not) => not.whereJsonPath('metadata', '$.converged', '=', true)));
await findNoSeed('not_or_missing', (q) => q.whereNot(text('converged'), 'true').orWhereNull(text('converged')));
await find('in_texts', (q) => q.whereIn(text('notes'), ['imported', 'größer', 'none']));
await find('in_numbers', (q) => q.whereIn(number('effectiveness'), [7, 35.5]));
await findNoSeed('not_in', (q) => q.whereNotIn(text('notes'), ['imported', 'größer']));
await find('gt', (q) => q.where(number('epochs'), '>', 10));
await path('ge', '$.epochs', '>=', 10);
await path('lt', '$.optimizer.lr', '<', 0.05);
await find('between', (q) => q.whereBetween(number('epochs'), [5, 10]));
const finished = knex.raw('(metadata->>?)::timestamptz', ['finished']);
await find('date', (q) => q.where(finished, '>', new Date('2024-01-15T12:00:00Z')));
await findNoSeed('is_missing', {});
await findNoSeed('is_present', (q) => q.whereNotNull(text('optimizer')));
await find('has_key', (q) => q.where('metadata', '?', 'parent'));
await find('has_any', (q) => q.where('metadata', '?|', ['parent', 'version']));
await find('has_all', (q) => q.where('metadata', '?&', ['tags', 'version']));
await path('nested', '$.optimizer.name', '=', 'adam');
await find('contains', (q) => q.whereJsonSupersetOf('metadata', { converged: true, optimizer: { name: 'adam' } }));
await find('contains_element', (q) => q.whereJsonSupersetOf('metadata', { tags: ['gpu'] }));
await path('contains_text', '$.notes', 'like', '%100\\%%');
await path('starts_with', '$.notes', 'like', 'Warm%');
await path('ends_with', '$.notes', 'like', '%50\\%');
await path('icontains', '$.notes', 'ilike', '%WARM%');
await path('iexact', '$.notes', 'ilike', 'IMPORTED');
await find('and_or', (q) => q.where((and) => and.whereJsonPath('metadata', '$.epochs', '>=', 10)
  .whereJsonSupersetOf('metadata', { converged: true })).orWhereJsonPath('metadata', '$.notes', '=', 'imported'));
await check('count_filter', () => knex('runs_metadata').whereJsonPath('metadata', '$.epochs', '>', 4).count());
// orderBy() forgets "nulls" of an expression.
const page = (expression) => knex('runs_metadata').select('run_id')
  .orderByRaw(`${expression} desc nulls last, run_id`).limit(2).offset(1);
await check('sort_cast', () => page("(metadata->>'effectiveness')::float8"));
await check('sort_json', () => page("metadata->'effectiveness'"));

await knex('runs_metadata').insert({ run_id: 900, metadata: { scratch: 'a' } });
const scratch = (value) => knex('runs_metadata').whereJsonPath('metadata', '$.scratch', '=', value);
const changed = { metadata: knex.jsonSet('metadata', '$.scratch', '"b"') };
await check('update', async () => [[await scratch('a').update(changed)]]);
await check('delete', async () => [[await scratch('b').del()]]);

await finish();
await knex.destroy();
