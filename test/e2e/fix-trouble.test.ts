// Fixes where the App may only read, and where a worker dies in the middle of a command.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as code from '../fixable.ts';
import { ordinaryPermissions } from '../github/fake.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, openHouse, unpaced } from './house.ts';

let house: House;
let repo: FakeRepository;
let count = 0;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());
beforeEach(async () => {
  count += 1;
  repo = await house.github.createRepository(`acme/trouble-${count}`, {
    files: { 'requirements.txt': 'django==5.2\n' },
  });
  repo.setRole('mona', 'write');
});
afterEach(() => house.github.assertClean());

async function concluded(pull: FakePull): Promise<void> {
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
}

function answers(pull: FakePull): string[] {
  pull.comments();
  const ours = pull.issueComments().filter(({ user }) => user.login === 'driftline[bot]');
  return ours.map(({ body }) => body.split('\n').slice(1).join('\n'));
}

const files = { 'shop/models.py': code.models, 'shop/a.py': code.customers };

test('without the permission there are suggestions, no button, and an answer; with it the next command works', async () => {
  const worker = await house.work(undefined, unpaced);
  const pull = await repo.openPull({ files });
  await concluded(pull);
  expect([pull.comments()[0]?.body.includes('```suggestion'), pull.check()?.actions]).toEqual([true, []]);
  const head = pull.headSha;
  await pull.comment('/driftline fix');
  await house.github.until('an answer', () => answers(pull).length === 1);
  expect(answers(pull)[0]).toMatch(/^Driftline may only read here\. .*`contents: write`/);
  expect(pull.headSha).toBe(head);
  const { permissions } = house.github.world.state.app;
  permissions.contents = 'write';
  await pull.comment('/driftline fix');
  await house.github.until('an answer', () => answers(pull).length === 2);
  expect(answers(pull)[1]).toContain('1 problem fixed in 1 file.');
  await concluded(pull);
  expect(await repo.git.file(pull.headSha, 'shop/a.py')).toBe(code.customersFixed);
  Object.assign(permissions, ordinaryPermissions);
  await worker.stop();
});

test.each([
  'fix-analysed',
  'fix-checked',
  'POST /repos/:/:/git/commits',
  'PATCH /repos/:/:/git/refs/:',
  'fix-committed',
  'POST /repos/:/:/issues/comments/:/reactions',
  'POST /repos/:/:/issues/:/comments',
])('killed at %s: another worker carries on, with one commit and one answer', async (point) => {
  house.github.world.state.app.permissions.contents = 'write';
  const first = house.spawnWorker();
  const pull = await repo.openPull({ files });
  await concluded(pull);
  first.kill('SIGTERM');
  expect(await first.gone).toBe('0');
  const before = pull.headSha;
  const killed = house.spawnWorker(point);
  const comment = await pull.comment('/driftline fix');
  expect(await killed.gone).toBe('SIGKILL');
  const second = house.spawnWorker();
  await house.github.until('an answer', () => answers(pull).length > 0);
  await concluded(pull);
  second.kill('SIGTERM');
  await second.gone;
  expect(answers(pull)).toEqual([expect.stringMatching(/^Committed as [0-9a-f]{12}[.:]/)]);
  expect(comment.reactions.map(({ content }) => content)).toEqual(['+1']);
  expect(await repo.git.commits(before, pull.headSha)).toHaveLength(1);
  expect(await repo.git.file(pull.headSha, 'shop/a.py')).toBe(code.customersFixed);
});
