// Objection's references into JSON columns, and its JSON methods.
import objection from 'objection';
import { connectKnex } from './databases.mjs';
import { start } from './harness.mjs';

const { Model, fn, ref } = objection;
const knex = await connectKnex();
const { check, finish } = await start('native_objection');

class RunMetadata extends Model {
  static tableName = 'runs_metadata';

  static idColumn = 'run_id';

  static jsonAttributes = ['metadata'];
}
RunMetadata.knex(knex);

const runs = () => RunMetadata.query().select('run_id').orderBy('run_id');
const find = (name, condition) => check(name, () => runs().where(condition));
const findNoSeed = (name, condition) => check(name, () => runs().whereNull(ref('metadata:seed')).where(condition));
const text = (path) => ref(`metadata:${path}`).castText();
const number = (path) => ref(`metadata:${path}`).castFloat();
const flag = ref('metadata:converged').castBool();

await find('equals_text', (q) => q.where(text('notes'), 'imported'));
await find('equals_number', (q) => q.where(ref('metadata:epochs').castInt(), 10));
await find('equals_decimal', (q) => q.where(number('effectiveness'), 35.5));
await find('equals_big', (q) => q.where(ref('metadata:parent').castBigInt(), 7000000000));
await find('equals_boolean', (q) => q.where(flag, true));
await find('equals_null', (q) => q.where(ref('metadata:effectiveness'), 'null'));
await findNoSeed('not_text', (q) => q.whereNot(text('notes'), 'imported'));
await findNoSeed('not_number', (q) => q.where(ref('metadata:optimizer.lr').castDecimal(), '!=', 0.1));
await findNoSeed('not_boolean', (q) => q.whereNot(flag, true));
await findNoSeed('not_or_missing', (q) => q.whereNot(flag, true).orWhereNull(ref('metadata:converged')));
await find('in_texts', (q) => q.whereIn(text('notes'), ['imported', 'größer', 'none']));
await find('in_numbers', (q) => q.whereIn(number('effectiveness'), [7, 35.5]));
await findNoSeed('not_in', (q) => q.whereNotIn(text('notes'), ['imported', 'größer']));
await find('gt', (q) => q.where(number('epochs'), '>', 10));
await find('ge', (q) => q.where(ref('metadata:epochs'), '>=', '10'));
await find('lt', (q) => q.where(number('optimizer.lr'), '<', 0.05));
await find('between', (q) => q.whereBetween(number('epochs'), [5, 10]));
const finished = ref('metadata:finished').castTo('timestamptz');
await find('date', (q) => q.where(finished, '>', new Date('2024-01-15T12:00:00Z')));
await find('is_missing', (q) => q.whereNull(ref('metadata:seed')));
await findNoSeed('is_present', (q) => q.whereNotNull(text('optimizer')));
await find('has_key', (q) => q.whereJsonHasAny('metadata', 'parent'));
await find('has_any', (q) => q.whereJsonHasAny('metadata', ['parent', 'version']));
await find('has_all', (q) => q.whereJsonHasAll('metadata', ['tags', 'version']));
await find('nested', (q) => q.where(text('optimizer.name'), 'adam'));
await find('contains', (q) => q.whereJsonSupersetOf('metadata', { converged: true, optimizer: { name: 'adam' } }));
await find('contains_element', (q) => q.whereJsonSupersetOf('metadata:tags', ['gpu']));
await find('contains_text', (q) => q.where(text('notes'), 'like', '%100\\%%'));
await find('starts_with', (q) => q.where(text('notes'), 'like', 'Warm%'));
await find('ends_with', (q) => q.where(text('notes'), 'like', '%50\\%'));
await find('icontains', (q) => q.where(text('notes'), 'ilike', '%WARM%'));
await find('iexact', (q) => q.where(fn.lower(text('notes')), 'imported'));
await find('and_or', (q) => q.where((and) => and.where(number('epochs'), '>=', 10).where(flag, true))
  .orWhere(text('notes'), 'imported'));
await check('count_filter', async () => [[await RunMetadata.query().where(number('epochs'), '>', 4).resultSize()]]);
// orderBy() forgets "nulls" of a reference.
const page = (order) => RunMetadata.query().select('run_id').orderByRaw('? desc nulls last, run_id', order)
  .limit(2).offset(1);
await check('sort_cast', () => page(number('effectiveness')));
await check('sort_json', () => page(ref('metadata:effectiveness')));

await RunMetadata.query().insert({ run_id: 900, metadata: { scratch: 'a' } });
const scratch = (value) => RunMetadata.query().where(text('scratch'), value);
await check('update', async () => [[await scratch('a').patch({ 'metadata:scratch': 'b' })]]);
await check('delete', async () => [[await scratch('b').delete()]]);

await finish();
await knex.destroy();
