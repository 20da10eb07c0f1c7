// What people say of findings where they read them: the gate follows at once, and what was dismissed does not come back.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository } from '../github/repository.ts';
import { type House, openHouse, unpaced } from './house.ts';
import { certainQuery, queries } from './touchy-engine.ts';

let house: House;
let repo: FakeRepository;
let count = 0;

beforeAll(async () => {
  house = await openHouse();
  await house.work(undefined, unpaced);
});
afterAll(() => house.stop());
beforeEach(async () => {
  count += 1;
  const settings = { '.github/driftline.yml': 'levels: { n-plus-one/loop-query: block }\n' };
  repo = await house.github.createRepository(`acme/verdict-${count}`, {
    files: { 'requirements.txt': 'django==5.2\n' },
  });
  await repo.commit('strict', settings, 'Block', 'main');
  repo.setRole('mona', 'maintain');
  repo.setRole('rita', 'write');
  repo.setRole('tom', 'triage');
});
afterEach(() => house.github.assertClean());

async function open(files: Record<string, string>, base = 'strict', branch = 'change'): Promise<FakePull> {
  const pull = await repo.openPull({ files, base, branch });
  await concluded(pull);
  return pull;
}

async function concluded(pull: FakePull): Promise<void> {
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  expect(pull.checkRuns().filter(({ status }) => status !== 'completed')).toEqual([]);
}

const withoutMark = (body = '') => body.replace(/^<!-- driftline:answer [A-Za-z0-9-]+ -->\n/, '');

/** Replies in the thread of the finding of `path`, and gives our answer there. */
async function reply(pull: FakePull, body: string, login = 'mona', path = 'a.py'): Promise<string> {
  const thread = pull.comments().find((comment) => comment.path === path);
  const there = pull.replies(thread?.id ?? 0).length;
  await pull.reply(thread?.id ?? 0, body, login);
  await house.github.until('an answer', () => pull.replies(thread?.id ?? 0).length === there + 2);
  await concluded(pull);
  return withoutMark(pull.replies(thread?.id ?? 0).at(-1)?.body);
}

/** Comments on the conversation, and gives our answer there. */
async function say(pull: FakePull, body: string, login = 'mona'): Promise<string> {
  const ours = () => pull.issueComments().filter(({ user }) => user.login === 'driftline[bot]');
  const there = ours().length;
  await pull.comment(body, login);
  await house.github.until('an answer', () => ours().length === there + 1);
  await concluded(pull);
  return withoutMark(ours().at(-1)?.body);
}

const word = (pull: FakePull) => [pull.check()?.conclusion, pull.check()?.title];

describe('a dismissal', () => {
  test('opens the gate within the job, is named in the check, and stays over pushes', async () => {
    const pull = await open({ 'a.py': certainQuery });
    expect(word(pull)).toEqual(['failure', '1 new problem']);
    const before = pull.checkRuns().length;
    expect(await reply(pull, '/driftline dismiss wont-fix a [script](https://evil.example) of @mona')).toMatch(
      /^Accepted for this pull request: `df1_[0-9a-f]{8}`\. The check now says: 1 dismissed\.$/,
    );
    expect(word(pull)).toEqual(['success', '1 dismissed']);
    expect(pull.checkRuns()).toHaveLength(before + 1);
    const text = pull.check()?.text ?? '';
    expect(text).toContain(
      `wont-fix, mona in #${pull.number}: a \\[script\\](https:\u200b//evil.example) of @\u200bmona`,
    );
    expect(pull.check()?.annotations).toEqual([]);
    // The same code some lines further down, in a commit and in a rewritten branch.
    await pull.push({ 'a.py': `# A comment.\n\n${certainQuery}` });
    await concluded(pull);
    expect(word(pull)).toEqual(['success', '1 dismissed']);
    await pull.forcePush({ 'a.py': `\n\n\n${certainQuery}`, 'b.py': 'one()\n' });
    await concluded(pull);
    expect(word(pull)).toEqual(['success', '1 dismissed']);
    expect(pull.comments()).toHaveLength(1);
    // The comment in the diff says so too, with what was found folded below.
    const [comment] = pull.comments();
    expect(comment?.body).toContain('**Accepted: it will not be fixed** (mona): a \\[script\\]');
    expect(comment?.body).toContain('<details><summary>What was found</summary>\n\n**N+1 query:**');
    // Said of this pull request only.
    await pull.close();
    const next = await open({ 'a.py': certainQuery }, 'strict', 'again');
    expect(word(next)).toEqual(['failure', '1 new problem']);
    expect(next.comments()).toHaveLength(1);
  });

  test('ends when the code is edited, and its comment speaks of the edited code', async () => {
    const pull = await open({ 'a.py': certainQuery });
    await reply(pull, '/driftline dismiss wont-fix');
    expect(word(pull)).toEqual(['success', '1 dismissed']);
    const line = 'print(User.objects.get(pk=row.pk))';
    await pull.push({ 'a.py': certainQuery.replace(line, 'print(User.objects.get(pk=row.pk, is_active=True))') });
    await concluded(pull);
    expect([word(pull), pull.comments().length]).toEqual([['failure', '1 new problem'], 1]);
    const id = /<!-- driftline:(df1_[0-9a-f]{32}) -->/.exec(pull.comments()[0]?.body ?? '')?.[1];
    expect(pull.check()?.text).toContain(id?.slice(0, 12));
    expect(pull.comments()[0]?.body).toContain('is_active=True');
    // What is said in the thread is said of the code as it is now.
    await reply(pull, '/driftline dismiss wont-fix');
    expect(word(pull)).toEqual(['success', '1 dismissed']);
    // Another query in its place is another finding.
    await pull.push({ 'a.py': certainQuery.replaceAll('User', 'ContentType') });
    await concluded(pull);
    expect([word(pull), pull.comments().length]).toEqual([['failure', '1 new problem'], 2]);
  });

  test('with write access, where the rule was lenient, opens no gate that blocks', async () => {
    const lenient = await open({ 'a.py': certainQuery }, 'main');
    await reply(lenient, '/driftline dismiss', 'rita');
    expect(word(lenient)).toEqual(['success', '1 dismissed']);
    await lenient.changeBase('strict');
    await house.github.until('it blocks', () => lenient.check()?.conclusion === 'failure');
    await concluded(lenient);
    expect(word(lenient)).toEqual(['failure', '1 new problem']);
  });

  test('as a false positive it is remembered by later pull requests, until the code changes', async () => {
    const pull = await open({ 'a.py': certainQuery });
    expect(await reply(pull, '/driftline dismiss')).toMatch(/^Dismissed as a false positive, here and in later/);
    await pull.close();
    const later = await open({ 'a.py': `import os\n\n${certainQuery}` }, 'strict', 'later');
    expect(word(later)).toEqual(['success', '1 dismissed']);
    expect(later.check()?.text).toContain(`false-positive, mona in #${pull.number}`);
    expect(later.comments()).toEqual([]);
    // In the later one a maintainer may think otherwise, and the first stays as it was.
    const id = /df1_[0-9a-f]{8}/.exec(later.check()?.text ?? '')?.[0];
    expect(await say(later, `/driftline undo ${id}`)).toContain('The check now says: 1 new problem.');
    expect(word(later)).toEqual(['failure', '1 new problem']);
    expect(later.comments()).toHaveLength(1);
    const other = await open({ 'a.py': certainQuery.replaceAll('User', 'Group') }, 'strict', 'other');
    expect(word(other)).toEqual(['failure', '1 new problem']);
    other.comments();
  });

  test('`all` means what is still open, and undo takes it back', async () => {
    const pull = await open({ 'a.py': queries('one', 'two', 'three') }, 'main');
    expect(pull.comments()).toHaveLength(3);
    expect(await say(pull, '/driftline dismiss all not-applicable')).toBe(
      'Dismissed for this pull request: 3 problems. The check now says: 3 dismissed.',
    );
    expect(word(pull)).toEqual(['success', '3 dismissed']);
    expect(await say(pull, '/driftline dismiss all')).toBe('There is nothing to say that of.');
    expect(await say(pull, '/driftline undo all')).toBe('Taken back: 3 problems. The check now says: 3 new problems.');
    expect(word(pull)).toEqual(['neutral', '3 new problems']);
    expect(pull.comments()).toHaveLength(3);
  });
});

test('the comment says when its finding is gone, and what it said before when it is back', async () => {
  const pull = await open({ 'a.py': certainQuery });
  const before = pull.comments()[0]?.body ?? '';
  await pull.push({ 'a.py': 'one()\n' });
  await concluded(pull);
  const fixed = pull.comments()[0]?.body ?? '';
  expect(fixed).toContain(`**No longer reported** as of \`${pull.headSha.slice(0, 12)}\`.`);
  expect(word(pull)).toEqual(['success', 'No new problems']);
  await pull.push({ 'b.py': 'two()\n' });
  await concluded(pull);
  expect(pull.comments()[0]?.body).toBe(fixed);
  await pull.push({ 'a.py': certainQuery });
  await concluded(pull);
  expect([pull.comments().length, pull.comments()[0]?.body]).toEqual([1, before]);
  expect(await reply(pull, '/driftline dismiss')).toContain('1 dismissed');
  expect(pull.comments()[0]?.body).toContain('**Dismissed as a false positive** (mona).');
  await reply(pull, '/driftline undo');
  expect(pull.comments()[0]?.body).toBe(before);
});

describe('who may', () => {
  test.each([
    [
      'tom',
      '/driftline dismiss',
      /^Commands need write access to this repository, which tom does not have\.$/,
      'failure',
    ],
    [
      'rita',
      '/driftline dismiss',
      /^What blocks a merge is dismissed by those with the role maintain or admin\./,
      'failure',
    ],
    ['rita', '/driftline override', /^What blocks a merge is dismissed/, 'failure'],
    ['rita', '/driftline confirm', /^Confirmed: `df1_[0-9a-f]{8}`\. The check now says: 1 new problem\.$/, 'failure'],
    ['mona', '/driftline override it is Friday', /^Accepted for this pull request: /, 'success'],
  ])('%s: %s', async (login, command, answer, conclusion) => {
    const pull = await open({ 'a.py': certainQuery });
    expect(await reply(pull, command, login)).toMatch(answer);
    expect(pull.check()?.conclusion).toBe(conclusion);
  });

  test('what does not block is dismissed with write access', async () => {
    const pull = await open({ 'a.py': certainQuery }, 'main');
    await reply(pull, '/driftline dismiss wont-fix', 'rita');
    expect(word(pull)).toEqual(['success', '1 dismissed']);
  });
});

test('a command that names no problem is told so and changes nothing', async () => {
  const pull = await open({ 'a.py': certainQuery });
  expect(await say(pull, '/driftline dismiss')).toMatch(/^Say of which problem/);
  expect(await say(pull, '/driftline dismiss df1_00000000 wont-fix')).toBe('There is no problem `df1_00000000` here.');
  expect(await say(pull, '/driftline dismiss because')).toMatch(/^That is no command\./);
  expect(word(pull)).toEqual(['failure', '1 new problem']);
  pull.comments();
});

test('delivered again it is heard once', async () => {
  const pull = await open({ 'a.py': certainQuery });
  await reply(pull, '/driftline dismiss');
  const before = house.github.snapshot()[repo.name];
  await house.github.redeliverAll({ reverse: true });
  await house.settled();
  expect(house.github.snapshot()[repo.name]).toEqual(before);
});

test('recheck reviews the change again', async () => {
  const pull = await open({ 'a.py': certainQuery });
  const before = pull.checkRuns().length;
  expect(await say(pull, '/driftline recheck')).toBe('The change is being reviewed again.');
  await house.github.until('another check', () => pull.checkRuns().length > before);
  await concluded(pull);
  expect([word(pull), pull.comments().length]).toEqual([['failure', '1 new problem'], 1]);
});

test('a verdict given while the change is reviewed is heard by that review', async () => {
  const pull = await open({ 'a.py': certainQuery });
  const thread = pull.comments()[0]?.id ?? 0;
  await pull.push({ 'b.py': 'quick = 1\n' });
  await pull.reply(thread, '/driftline dismiss');
  await house.github.until('an answer', () => pull.replies(thread).length === 2);
  await concluded(pull);
  expect(word(pull)).toEqual(['success', '1 dismissed']);
});

// Last, because the queue forgets what it has done.
test('a false positive that is taken back is heard in other pull requests, and at a head that comes back', async () => {
  const pull = await open({ 'a.py': certainQuery });
  const first = pull.headSha;
  await reply(pull, '/driftline dismiss');
  const other = await open({ 'a.py': `import os\n\n${certainQuery}` }, 'strict', 'other');
  expect([word(pull), word(other)]).toEqual([
    ['success', '1 dismissed'],
    ['success', '1 dismissed'],
  ]);
  await pull.push({ 'b.py': 'one()\n' });
  await concluded(pull);
  await new Promise((done) => setTimeout(done, 1_100)); // GitHub's times are in seconds
  await reply(pull, '/driftline undo');
  await house.github.until('the other one hears it', () => other.check()?.conclusion === 'failure');
  await house.forgetJobs();
  await pull.resetTo(first);
  await house.github.until('it is reviewed again', () => pull.check()?.conclusion === 'failure');
  await concluded(pull);
  await concluded(other);
  expect([word(pull), word(other)]).toEqual([
    ['failure', '1 new problem'],
    ['failure', '1 new problem'],
  ]);
  other.comments();
});
