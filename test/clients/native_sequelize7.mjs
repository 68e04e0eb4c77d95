// Sequelize 7's own filters of a JSONB attribute: a value is JSON, or a text behind ":unquote".
import { Op, or, sql } from '@sequelize/core';
import { connectSequelize7 } from './databases.mjs';
import { start } from './harness.mjs';

const { sequelize, RunMetadata } = await connectSequelize7();
const { check, finish } = await start('native_sequelize7');

const noSeed = { 'metadata.seed': { [Op.is]: null } };
const find = (name, condition) => check(name, () => RunMetadata.findAll({
  attributes: ['runId'], where: condition, order: ['runId'], raw: true,
}));
const notes = (operator, value) => ({ 'metadata.notes:unquote': { [operator]: value } });

await find('equals_text', { 'metadata.notes': 'imported' });
await find('equals_number', { 'metadata.epochs': 10 });
await find('equals_decimal', { 'metadata.effectiveness': 35.5 });
await find('equals_big', { 'metadata.parent': 7000000000 });
await find('equals_boolean', { metadata: { converged: true } });
await find('equals_null', { 'metadata.effectiveness': { [Op.eq]: null } });
await find('not_text', { ...noSeed, ...notes(Op.ne, 'imported') });
await find('not_number', { ...noSeed, 'metadata.optimizer.lr': { [Op.ne]: 0.1 } });
await find('not_boolean', { ...noSeed, [Op.not]: { 'metadata.converged': true } });
await find('not_or_missing', {
  ...noSeed,
  [Op.or]: [{ [Op.not]: { 'metadata.converged': true } }, { 'metadata.converged': { [Op.is]: null } }],
});
await find('in_texts', { 'metadata.notes': ['imported', 'größer', 'none'] });
await find('in_numbers', { 'metadata.effectiveness': { [Op.in]: [7, 35.5] } });
await find('not_in', { ...noSeed, ...notes(Op.notIn, ['imported', 'größer']) });
await find('gt', { 'metadata.epochs': { [Op.gt]: 10 } });
await find('ge', { 'metadata.epochs:unquote::integer': { [Op.gte]: 10 } });
await find('lt', { metadata: { optimizer: { 'lr:unquote::float8': { [Op.lt]: 0.05 } } } });
await find('between', { 'metadata.epochs': { [Op.between]: [5, 10] } });
await find('date', { 'metadata.finished:unquote::timestamptz': { [Op.gt]: new Date('2024-01-15T12:00:00Z') } });
await find('is_missing', noSeed);
await find('is_present', { ...noSeed, 'metadata.optimizer': { [Op.isNot]: null } });
await find('has_key', { metadata: { [Op.anyKeyExists]: ['parent'] } });
await find('has_any', { metadata: { [Op.anyKeyExists]: ['parent', 'version'] } });
await find('has_all', { metadata: { [Op.allKeysExist]: ['tags', 'version'] } });
await find('nested', { 'metadata.optimizer.name': 'adam' });
await find('contains', { metadata: { [Op.contains]: { converged: true, optimizer: { name: 'adam' } } } });
await find('contains_element', { metadata: { [Op.contains]: { tags: ['gpu'] } } });
await find('contains_text', notes(Op.like, '%100\\%%'));
await find('starts_with', notes(Op.startsWith, 'Warm'));
await find('ends_with', notes(Op.like, '%50\\%'));
await find('icontains', notes(Op.iLike, '%WARM%'));
await find('iexact', sql.where(sql.fn('lower', sql.attribute('metadata.notes:unquote')), Op.eq, 'imported'));
await find('and_or', or(
  { 'metadata.epochs': { [Op.gte]: 10 }, 'metadata.converged': true },
  { 'metadata.notes': 'imported' },
));
await check('count_filter', async () => [[await RunMetadata.count({ where: { 'metadata.epochs': { [Op.gt]: 4 } } })]]);
const page = (order) => RunMetadata.findAll({
  attributes: ['runId'], order: [[order, 'DESC NULLS LAST'], 'runId'], limit: 2, offset: 1, raw: true,
});
await check('sort_cast', () => page(sql.cast(sql.attribute('metadata.effectiveness:unquote'), 'float8')));
await check('sort_json', () => page(sql.attribute('metadata.effectiveness')));

await RunMetadata.create({ runId: 900, metadata: { scratch: 'a' } });
const scratch = (value) => ({ where: { 'metadata.scratch': value } });
await check('update', async () => [await RunMetadata.update({ metadata: { scratch: 'b' } }, scratch('a'))]);
await check('delete', async () => [[await RunMetadata.destroy(scratch('b'))]]);

await finish();
await sequelize.close();
