// detmeta from Sequelize: functions by Sequelize.fn, whose arguments it writes into the statement, and $1 in raw queries.
import assert from 'node:assert';
import Sequelize from 'sequelize';
import { connectSequelize } from './databases.mjs';
import { start, webui } from './harness.mjs';

const { Op, QueryTypes, cast, col, fn } = Sequelize;
const { sequelize, RunMetadata } = await connectSequelize();
const { check, finish } = await start('sequelize');

const find = (name, condition) => check(name, () => RunMetadata.findAll({
  attributes: ['runId'], where: condition, order: ['runId'], raw: true,
}));

await find('is_number', fn('metadata_is', col('metadata'), 'effectiveness', 20));
await find('is_decimal', fn('metadata_is', col('metadata'), 'effectiveness', 35.5));
await find('is_big', fn('metadata_is', col('metadata'), 'parent', 7000000000));
await find('is_text', fn('metadata_is', col('metadata'), 'optimizer.name', 'adam'));
await find('is_boolean', fn('metadata_is', col('metadata'), 'converged', true));
await find('is_date', fn('metadata_is', col('metadata'), 'started', cast(new Date('2024-03-01T00:00:00Z'), 'timestamptz')));
await find('is_json', fn('metadata_is', col('metadata'), 'version', cast(JSON.stringify('20'), 'jsonb')));
await find('is_null', fn('metadata_is', col('metadata'), 'effectiveness', null));
await find('is_not_number', fn('metadata_is_not', col('metadata'), 'effectiveness', 20));
await find('is_not_text', fn('metadata_is_not', col('metadata'), 'optimizer.name', 'adam'));
await find('in_numbers', fn('metadata_in', col('metadata'), 'effectiveness', [7, 35.5]));
await find('in_texts', fn('metadata_in', col('metadata'), 'optimizer.name', ['sgd', 'lion']));
await find('in_nothing', fn('metadata_in', col('metadata'), 'effectiveness', cast([], 'numeric[]')));
await find('not_in', fn('metadata_not_in', col('metadata'), 'effectiveness', [7, 35.5]));
await find('lt', fn('metadata_lt', col('metadata'), 'effectiveness', 7));
await find('le', fn('metadata_le', col('metadata'), 'effectiveness', 7));
await find('gt', fn('metadata_gt', col('metadata'), 'effectiveness', 20));
await find('ge', fn('metadata_ge', col('metadata'), 'effectiveness', 20));
await find('ge_instant', fn('metadata_ge', col('metadata'), 'started', new Date('2024-01-01T00:30:00Z')));
await find('ge_day', fn('metadata_ge', col('metadata'), 'started', '2024-03-01'));
await find('between_numbers', fn('metadata_between', col('metadata'), 'effectiveness', 7, 20));
await find('between_days', fn('metadata_between', col('metadata'), 'started', '2024-01-01', '2024-01-31'));
await find('contains', fn('metadata_contains', col('metadata'), 'notes', '100%'));
await find('contains_quotes', fn('metadata_contains', col('metadata'), 'notes', '"warm" and \'hot\' \\'));
await find('not_contains', fn('metadata_not_contains', col('metadata'), 'notes', 'arm'));
await find('icontains', fn('metadata_icontains', col('metadata'), 'notes', 'GRÖSSER'));
await find('starts_with', fn('metadata_starts_with', col('metadata'), 'notes', 'Warm'));
await find('is_empty', { [Op.and]: [fn('metadata_is_empty', col('metadata'), 'tags'), fn('metadata_not_empty', col('metadata'), 'notes')] });
await find('not_empty', fn('metadata_not_empty', col('metadata'), 'tags'));
await find('filter', fn('metadata_matches', col('metadata'), 'effectiveness >= 20 and optimizer.name is not "adam"'));
await find('webui', fn('metadata_matches', col('metadata'), JSON.stringify(webui)));

const page = {
  where: fn('metadata_gt', col('metadata'), 'effectiveness', 0),
  order: [[fn('metadata_sort', col('metadata'), 'effectiveness'), 'DESC NULLS LAST'], 'runId'],
  limit: 2,
  offset: 1,
};
await check('sort', () => RunMetadata.findAll({ ...page, raw: true }));
await check('count', async () => [[await RunMetadata.count({ where: fn('metadata_not_empty', col('metadata'), 'effectiveness') })]]);
await check('search', async () => {
  const rows = await sequelize.query('SELECT run_id, metadata, total FROM search_run_metadata($1, $2, $3, $4)', {
    bind: ['effectiveness is not empty', 'metadata.effectiveness=desc', 2, 1],
    type: QueryTypes.SELECT,
  });
  assert.equal(rows[0].total, '4');
  return rows;
});

await sequelize.query('SELECT post_run_metadata($1, $2)', { bind: [900, { effectiveness: 900 }] });
const [got] = await sequelize.query('SELECT get_run_metadata($1) AS metadata', { bind: [900], type: QueryTypes.SELECT });
assert.deepEqual(got.metadata, { effectiveness: 900 });
await find('post', fn('metadata_is', col('metadata'), 'effectiveness', 900));
await sequelize.query('SELECT post_run_metadata($1, $2)', { bind: [900, null] });

await finish();
await sequelize.close();
