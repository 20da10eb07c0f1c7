// A worker is killed at each point of a verdict. Another one finishes it: the check is concluded with the verdict heard,
// and one answer stands in the thread.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { certainQuery } from './touchy-engine.ts';

const points = [
  'verdict-noted',
  'POST /repos/:/:/check-runs',
  'check-started',
  'planned',
  'PATCH /repos/:/:/check-runs/:',
  'published',
  'concluded',
];

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());

const commands = [
  ['reply', '/driftline dismiss wont-fix'],
  ['comment', '/driftline dismiss all wont-fix'],
] as const;

test.each(points.flatMap((point, index) => [[point, ...(commands[index % 2] ?? commands[0])] as const]))(
  'killed at %s of a %s',
  async (point, how, command) => {
    const { github } = house;
    const repo = await github.createRepository(`acme/${point.replace(/[^a-z]+/gi, '-')}`, {
      files: { 'requirements.txt': 'django==5.2\n' },
    });
    repo.setRole('mona', 'maintain');
    const first = await house.work();
    const pull = await repo.openPull({ files: { 'a.py': certainQuery } });
    await github.until('the check is concluded', () => pull.check()?.status === 'completed');
    await house.settled();
    await first.stop();
    const killed = house.spawnWorker(point);
    const thread = pull.comments()[0]?.id ?? 0;
    await (how === 'reply' ? pull.reply(thread, command) : pull.comment(command));
    expect(await killed.gone).toBe('SIGKILL');
    const second = house.spawnWorker();
    const answers = () =>
      [...pull.replies(thread), ...pull.issueComments()].filter(({ user }) => user.login === 'driftline[bot]');
    await github.until('an answer', () => answers().length === 1);
    expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    second.kill('SIGTERM');
    expect(await second.gone).toBe('0');
    expect([pull.check()?.conclusion, pull.check()?.title]).toEqual(['success', '1 dismissed']);
    expect(pull.checkRuns().filter(({ status }) => status !== 'completed')).toEqual([]);
    expect([pull.comments().length, answers().length]).toEqual([1, 1]);
    await github.assertClean();
  },
);
