// PostgreSQL as Kysely's dialect: a small pool, and numbers where the driver would give text.
// It must not know tables.
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const int8 = 20;

export function postgresDialect(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    application_name: 'driftline',
    types: { getTypeParser },
  });
  // An idle connection that the server closes is replaced on the next query; unheard, this event would end the process.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}

/** Without it every bigint and count comes back as text. GitHub's ids and Unix seconds stay far below 2^53. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
