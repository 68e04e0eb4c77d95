// Prisma's filters of a Json field.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { collect, start } from '../harness.mjs';
import generated from './generated/index.js';

const { Prisma, PrismaClient } = generated;
const pool = new pg.Pool({ max: 1 });
pool.on('connect', collect);
const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
const { check, finish } = await start('native_prisma');

const runs = prisma.runMetadata;
const find = (name, where) => check(name, () => runs.findMany({ select: { runId: true }, where, orderBy: { runId: 'asc' } }));
const at = (path, filter) => ({ metadata: { path: path.split('.'), ...filter } });
const is = (path, value) => at(path, { equals: value });
const noSeed = is('seed', Prisma.DbNull);

await find('equals_text', is('notes', 'imported'));
await find('equals_number', is('epochs', 10));
await find('equals_decimal', is('effectiveness', 35.5));
await find('equals_big', is('parent', 7000000000));
await find('equals_boolean', is('converged', true));
await find('equals_null', is('effectiveness', Prisma.JsonNull));
await find('not_text', { AND: [noSeed, at('notes', { not: 'imported' })] });
await find('not_number', { AND: [noSeed, at('optimizer.lr', { not: 0.1 })] });
await find('not_boolean', { AND: [noSeed, { NOT: is('converged', true) }] });
await find('not_or_missing', { AND: [noSeed, { OR: [{ NOT: is('converged', true) }, is('converged', Prisma.DbNull)] }] });
await find('in_texts', { OR: ['imported', 'größer', 'none'].map((value) => is('notes', value)) });
await find('in_numbers', { OR: [is('effectiveness', 7), is('effectiveness', 35.5)] });
await find('not_in', { AND: [noSeed, at('notes', { not: 'imported' }), at('notes', { not: 'größer' })] });
await find('gt', at('epochs', { gt: 10 }));
await find('ge', at('epochs', { gte: 10 }));
await find('lt', at('optimizer.lr', { lt: 0.05 }));
await find('between', at('epochs', { gte: 5, lte: 10 }));
await find('is_missing', noSeed);
await find('is_present', { AND: [noSeed, at('optimizer', { not: Prisma.DbNull })] });
await find('nested', is('optimizer.name', 'adam'));
await find('contains_element', at('tags', { array_contains: ['gpu'] }));
await find('contains_text', at('notes', { string_contains: '100\\%' }));
await find('starts_with', at('notes', { string_starts_with: 'Warm' }));
await find('ends_with', at('notes', { string_ends_with: '50\\%' }));
await find('icontains', at('notes', { string_contains: 'WARM', mode: 'insensitive' }));
await find('and_or', { OR: [{ AND: [at('epochs', { gte: 10 }), is('converged', true)] }, is('notes', 'imported')] });

await runs.create({ data: { runId: 900, metadata: { scratch: 'a' } } });
const changed = { where: is('scratch', 'a'), data: { metadata: { scratch: 'b' } } };
await check('update', async () => [[(await runs.updateMany(changed)).count]]);
await check('delete', async () => [[(await runs.deleteMany({ where: is('scratch', 'b') })).count]]);

await finish();
await prisma.$disconnect();
await pool.end();
