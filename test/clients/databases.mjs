// How the programs of a library in JavaScript reach the table: those with functions of ours and the native ones alike.
import pg from 'pg';
import { collect } from './harness.mjs';

export function connectPool() {
  const pool = new pg.Pool({ max: 1 });
  pool.on('connect', collect);
  return pool;
}

export async function connectKnex() {
  const { default: Knex } = await import('knex');
  const afterCreate = (connection, done) => {
    collect(connection);
    done(null, connection);
  };
  return Knex({ client: 'pg', connection: {}, pool: { min: 0, max: 1, afterCreate } });
}

export async function connectKysely() {
  const { Kysely, PostgresDialect } = await import('kysely');
  return new Kysely({ dialect: new PostgresDialect({ pool: connectPool() }) });
}

// The result's db.$client is the pool.
export async function connectDrizzle() {
  const { drizzle } = await import('drizzle-orm/node-postgres');
  const { bigint, jsonb, pgTable } = await import('drizzle-orm/pg-core');
  const runs = pgTable('runs_metadata', {
    runId: bigint('run_id', { mode: 'number' }).primaryKey(),
    metadata: jsonb('metadata').notNull(),
  });
  return { db: drizzle(connectPool()), runs };
}

function defineModel(sequelize, DataTypes, idField) {
  return sequelize.define('RunMetadata', {
    runId: { type: DataTypes.BIGINT, primaryKey: true, ...idField },
    metadata: { type: DataTypes.JSONB, allowNull: false },
  }, { tableName: 'runs_metadata', timestamps: false });
}

export async function connectSequelize() {
  const { default: Sequelize } = await import('sequelize');
  const { PGDATABASE, PGUSER, PGPASSWORD, PGHOST, PGPORT } = process.env;
  const sequelize = new Sequelize(PGDATABASE, PGUSER, PGPASSWORD, {
    dialect: 'postgres', host: PGHOST, port: PGPORT, logging: false, pool: { max: 1 },
    dialectOptions: { clientMinMessages: 'log' },
  });
  sequelize.addHook('afterConnect', collect);
  return { sequelize, RunMetadata: defineModel(sequelize, Sequelize.DataTypes, { field: 'run_id' }) };
}

export async function connectSequelize7() {
  const { DataTypes, Sequelize } = await import('@sequelize/core');
  const { PostgresDialect } = await import('@sequelize/postgres');
  const { PGDATABASE, PGUSER, PGPASSWORD, PGHOST, PGPORT } = process.env;
  const sequelize = new Sequelize({
    dialect: PostgresDialect, pool: { max: 1 }, clientMinMessages: 'log',
    database: PGDATABASE, user: PGUSER, password: PGPASSWORD, host: PGHOST, port: Number(PGPORT),
  });
  sequelize.hooks.addListener('afterConnect', collect);
  return { sequelize, RunMetadata: defineModel(sequelize, DataTypes, { columnName: 'run_id' }) };
}

export async function connectTypeORM() {
  const { default: typeorm } = await import('typeorm');
  const RunMetadata = new typeorm.EntitySchema({
    name: 'RunMetadata',
    tableName: 'runs_metadata',
    columns: {
      runId: { name: 'run_id', type: 'bigint', primary: true },
      metadata: { type: 'jsonb' },
    },
  });
  const source = new typeorm.DataSource({
    type: 'postgres', host: process.env.PGHOST, poolSize: 1, entities: [RunMetadata],
  });
  await source.initialize();
  source.driver.master.on('connect', collect);
  source.driver.master._clients.forEach(collect);
  return source;
}
