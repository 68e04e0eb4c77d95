// Sequelize 6's own filters of a JSONB attribute.
import Sequelize from 'sequelize';
import { connectSequelize } from './databases.mjs';
import { start } from './harness.mjs';

const { Op, cast, fn, json, where } = Sequelize;
const { sequelize, RunMetadata } = await connectSequelize();
const { check, finish } = await start('native_sequelize');

const noSeed = { 'metadata.seed': null };
const find = (name, condition) => check(name, () => RunMetadata.findAll({
  attributes: ['runId'], where: condition, order: ['runId'], raw: true,
}));

await find('equals_text', { 'metadata.notes': 'imported' });
await find('equals_number', { 'metadata.epochs': 10 });
await find('equals_decimal', { 'metadata.effectiveness': 35.5 });
await find('equals_big', { 'metadata.parent': 7000000000 });
await find('equals_boolean', { metadata: { converged: true } });
await find('equals_null', { metadata: { [Op.contains]: { effectiveness: null } } });
await find('not_text', { ...noSeed, 'metadata.notes': { [Op.ne]: 'imported' } });
await find('not_number', { ...noSeed, 'metadata.optimizer.lr': { [Op.ne]: 0.1 } });
await find('not_boolean', { ...noSeed, [Op.not]: { 'metadata.converged': true } });
await find('not_or_missing', {
  ...noSeed,
  [Op.or]: [{ 'metadata.converged': { [Op.ne]: true } }, { 'metadata.converged': null }],
});
await find('in_texts', { 'metadata.notes': { [Op.in]: ['imported', 'größer', 'none'] } });
await find('in_numbers', { 'metadata.effectiveness': { [Op.in]: [7, 35.5] } });
await find('not_in', { ...noSeed, 'metadata.notes': { [Op.notIn]: ['imported', 'größer'] } });
await find('gt', { 'metadata.epochs': { [Op.gt]: 10 } });
await find('ge', { 'metadata.epochs': { [Op.gte]: 10 } });
await find('lt', { metadata: { optimizer: { lr: { [Op.lt]: 0.05 } } } });
await find('between', { 'metadata.epochs': { [Op.between]: [5, 10] } });
await find('date', { 'metadata.finished': { [Op.gt]: new Date('2024-01-15T12:00:00Z') } });
await find('is_missing', noSeed);
await find('is_present', { ...noSeed, 'metadata.optimizer': { [Op.ne]: null } });
await find('nested', { metadata: { optimizer: { name: 'adam' } } });
await find('contains', { metadata: { [Op.contains]: { converged: true, optimizer: { name: 'adam' } } } });
await find('contains_element', { metadata: { [Op.contains]: { tags: ['gpu'] } } });
await find('contains_text', { 'metadata.notes': { [Op.like]: '%100\\%%' } });
await find('starts_with', { 'metadata.notes': { [Op.startsWith]: 'Warm' } });
await find('ends_with', { 'metadata.notes': { [Op.like]: '%50\\%' } });
await find('icontains', { 'metadata.notes': { [Op.iLike]: '%WARM%' } });
await find('iexact', where(fn('lower', json('metadata.notes')), 'imported'));
await find('and_or', {
  [Op.or]: [{ 'metadata.epochs': { [Op.gte]: 10 }, 'metadata.converged': true }, { 'metadata.notes': 'imported' }],
});
await check('count_filter', async () => [[await RunMetadata.count({ where: { 'metadata.epochs': { [Op.gt]: 4 } } })]]);
await check('sort_cast', () => RunMetadata.findAll({
  attributes: ['runId'],
  order: [[cast(json('metadata.effectiveness'), 'double precision'), 'DESC NULLS LAST'], 'runId'],
  limit: 2,
  offset: 1,
  raw: true,
}));

await RunMetadata.create({ runId: 900, metadata: { scratch: 'a' } });
const scratch = (value) => ({ where: { 'metadata.scratch': value } });
await check('update', async () => [await RunMetadata.update({ metadata: { scratch: 'b' } }, scratch('a'))]);
await check('delete', async () => [[await RunMetadata.destroy(scratch('b'))]]);

await finish();
await sequelize.close();
