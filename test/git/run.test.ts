import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { gitText } from '../../src/git/run.ts';

it('hands git none of the server’s secrets, and nothing that points it elsewhere', async () => {
  const set = { PRIVATE_KEY: 'pem', WEBHOOK_SECRET: 'hush', DATABASE_URL: 'postgres://u:p@h/d', GIT_DIR: '/elsewhere' };
  const before = { ...process.env };
  Object.assign(process.env, set);
  try {
    const seen = await gitText(['-c', 'alias.seen=!env', 'seen'], { cwd: tmpdir() });
    const names = seen.split('\n').map((line) => line.split('=')[0]);
    expect(names).toContain('PATH');
    for (const name of Object.keys(set)) expect(names).not.toContain(name);
  } finally {
    for (const name of Object.keys(set)) delete process.env[name];
    Object.assign(process.env, before);
  }
});
