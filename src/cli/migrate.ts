// `driftline migrate`: brings the database to the schema of this version, for those who do not want the server to do it.
import { readEnvironment } from '../config.ts';
import { openStorage } from '../storage/open.ts';

export async function migrate(): Promise<number> {
  const storage = await openStorage(readEnvironment(process.env), { migrate: false });
  try {
    const applied = await storage.migrate();
    const names = applied.length === 0 ? 'nothing to do' : applied.join(', ');
    process.stdout.write(`${storage.dialect}: ${names}\n`);
    return 0;
  } finally {
    await storage.close();
  }
}
