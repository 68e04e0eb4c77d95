// What the programs in JavaScript share: plans, answers, a filter of the WebUI.
import pg from 'pg';

const plans = [];

// Keep the plans that the server reports on a connection.
export function collect(connection) {
  connection.on('notice', (notice) => plans.push(notice.message));
}

// Return a function that runs a case and prints what the server thinks of the runs found, and one that ends the report.
export async function start(client) {
  const judge = new pg.Client();
  let failed = false;

  await judge.connect();
  async function check(name, query) {
    plans.length = 0;
    const rows = await query();
    const runs = rows.map((row) => String(Object.values(row)[0]));
    const { rows: [{ verdict }] } = await judge.query('SELECT check_case($1, $2, $3, $4) AS verdict',
      [client, name, runs, plans.join('\n')]);
    failed ||= !verdict.startsWith('ok');
    console.log(verdict);
  }
  async function finish() {
    const { rows } = await judge.query('SELECT finish($1) AS line', [client]);
    rows.forEach((row) => console.log(row.line));
    await judge.end();
    process.exitCode = failed || rows.length > 1 ? 1 : 0;
  }
  return { check, finish };
}

export const webui = {
  filterGroup: {
    kind: 'group',
    conjunction: 'and',
    children: [
      { kind: 'field', columnName: 'metadata.effectiveness', location: 'LOCATION_TYPE_RUN_METADATA', type: 'COLUMN_TYPE_NUMBER', operator: '>=', value: 20 },
      { kind: 'field', columnName: 'metadata.tags', location: 'LOCATION_TYPE_RUN_METADATA', type: 'COLUMN_TYPE_ARRAY', operator: 'notEmpty', value: null },
    ],
  },
  showArchived: false,
};
