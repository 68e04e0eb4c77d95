// TypeORM's JsonContains; and PostgreSQL's operators in its query builder and in Raw(), as it has no others for JSON.
import typeorm from 'typeorm';
import { connectTypeORM } from './databases.mjs';
import { start } from './harness.mjs';

const { Brackets, JsonContains, Raw } = typeorm;
const source = await connectTypeORM();
const { check, finish } = await start('native_typeorm');

const repository = source.getRepository('RunMetadata');
const builder = () => repository.createQueryBuilder('run').select('run.runId');
const find = (name, condition, values) => check(name, () => builder()
  .where(condition, values).orderBy('run.runId').getMany());
const findNoSeed = (name, condition, values) => check(name, () => builder().where("run.metadata -> 'seed' IS NULL")
  .andWhere(condition, values).orderBy('run.runId').getMany());
const findBy = (name, condition) => check(name, () => repository.find({
  select: { runId: true }, where: { metadata: condition }, order: { runId: 'ASC' },
}));

await find('equals_text', "run.metadata ->> 'notes' = :value", { value: 'imported' });
await findBy('equals_number', JsonContains({ epochs: 10 }));
await find('equals_decimal', "CAST(run.metadata ->> 'effectiveness' AS numeric) = :value", { value: 35.5 });
await find('equals_big', "(run.metadata ->> 'parent')::bigint = :value", { value: 7000000000 });
await findBy('equals_boolean', JsonContains({ converged: true }));
await findBy('equals_null', JsonContains({ effectiveness: null }));
await findNoSeed('not_text', 'run.metadata ->> :key != :value', { key: 'notes', value: 'imported' });
await findNoSeed('not_number', "(run.metadata #>> '{optimizer,lr}')::float8 <> :value", { value: 0.1 });
await findNoSeed('not_boolean', "NOT (run.metadata ->> 'converged')::boolean");
await findNoSeed('not_or_missing', new Brackets((q) => q.where("NOT (run.metadata ->> 'converged')::boolean")
  .orWhere("run.metadata ->> 'converged' IS NULL")));
await find('in_texts', "run.metadata ->> 'notes' IN (:...values)", { values: ['imported', 'größer', 'none'] });
await find('in_numbers', "(run.metadata ->> 'effectiveness')::numeric IN (:...values)", { values: [7, 35.5] });
await findNoSeed('not_in', "run.metadata ->> 'notes' NOT IN (:...values)", { values: ['imported', 'größer'] });
await find('gt', "(run.metadata ->> 'epochs')::int > :value", { value: 10 });
await findBy('ge', Raw((column) => `(${column} ->> 'epochs')::numeric >= :value`, { value: 10 }));
await find('lt', "(run.metadata -> 'optimizer' ->> 'lr')::numeric < :value", { value: 0.05 });
await find('between', "(run.metadata ->> 'epochs')::numeric BETWEEN :low AND :high", { low: 5, high: 10 });
await find('date', "(run.metadata ->> 'finished')::timestamptz > :value", { value: new Date('2024-01-15T12:00:00Z') });
await find('is_missing', "run.metadata ->> 'seed' IS NULL");
await findNoSeed('is_present', "run.metadata -> 'optimizer' IS NOT NULL");
await findBy('has_key', Raw((column) => `${column} ? 'parent'`));
await find('has_any', 'run.metadata ?| :keys', { keys: ['parent', 'version'] });
await find('has_all', 'run.metadata ?& ARRAY[:...keys]', { keys: ['tags', 'version'] });
await find('nested', "run.metadata -> 'optimizer' ->> 'name' = :value", { value: 'adam' });
await findBy('contains', JsonContains({ converged: true, optimizer: { name: 'adam' } }));
await find('contains_element', 'run.metadata @> :document', { document: { tags: ['gpu'] } });
await find('contains_text', "run.metadata ->> 'notes' LIKE :pattern", { pattern: '%100\\%%' });
await find('starts_with', "run.metadata ->> 'notes' LIKE :pattern", { pattern: 'Warm%' });
await find('ends_with', "run.metadata ->> 'notes' LIKE :pattern", { pattern: '%50\\%' });
await find('icontains', "run.metadata ->> 'notes' ILIKE :pattern", { pattern: '%WARM%' });
await find('iexact', "LOWER(run.metadata ->> 'notes') = LOWER(:value)", { value: 'IMPORTED' });
await check('and_or', () => builder()
  .where("(run.metadata ->> 'epochs')::float8 >= :low AND (run.metadata ->> 'converged')::boolean", { low: 10 })
  .orWhere("run.metadata ->> 'notes' = :notes", { notes: 'imported' }).orderBy('run.runId').getMany());
await check('count_filter', async () => [[await builder()
  .where("(run.metadata ->> 'epochs')::float8 > :value", { value: 4 }).getCount()]]);
const page = (order) => builder().orderBy(order, 'DESC', 'NULLS LAST').addOrderBy('run.runId')
  .limit(2).offset(1).getMany();
await check('sort_cast', () => page("(run.metadata ->> 'effectiveness')::float8"));
await check('sort_json', () => page("run.metadata -> 'effectiveness'"));

await repository.insert({ runId: 900, metadata: { scratch: 'a' } });
const scratch = (value) => ({ metadata: JsonContains({ scratch: value }) });
await check('update', async () => [[(await repository.update(scratch('a'), { metadata: { scratch: 'b' } })).affected]]);
await check('delete', async () => [[(await repository.delete(scratch('b'))).affected]]);

await finish();
await source.destroy();
