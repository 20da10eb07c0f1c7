// `/driftline fix` and the button "Apply fixes": from a person's comment to one commit on the branch, or an answer why not.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as code from '../fixable.ts';
import { ordinaryPermissions } from '../github/fake.ts';
import type { FakePull } from '../github/pull.ts';
import type { FakeRepository, PullOptions } from '../github/repository.ts';
import { type House, openHouse, unpaced } from './house.ts';

let house: House;
let repo: FakeRepository;
let count = 0;

beforeAll(async () => {
  house = await openHouse({ permissions: { ...ordinaryPermissions, contents: 'write' } });
  await house.work(undefined, unpaced);
});
afterAll(() => house.stop());
beforeEach(async () => {
  count += 1;
  repo = await house.github.createRepository(`acme/fix-${count}`, { files: { 'requirements.txt': 'django==5.2\n' } });
  repo.setRole('mona', 'write');
});
afterEach(() => house.github.assertClean());

const files = { 'shop/a.py': code.customers, 'shop/b.py': code.both, 'shop/c.py': code.cities };

async function open(options: PullOptions = {}): Promise<FakePull> {
  const { files: changed = files, ...rest } = options;
  const pull = await repo.openPull({ files: { 'shop/models.py': code.models, ...changed }, ...rest });
  await concluded(pull);
  return pull;
}

async function concluded(pull: FakePull): Promise<void> {
  await house.github.until('the check is concluded', () => pull.check()?.status === 'completed');
  expect(await house.settled()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
}

/** Our answers on the conversation, without the mark. */
function answers(pull: FakePull): string[] {
  pull.comments();
  return pull
    .issueComments()
    .filter(({ user }) => user.login === 'driftline[bot]')
    .map(({ body }) => body.replace(/^<!-- driftline:answer [A-Za-z0-9-]+ -->\n/, ''));
}

async function answered(pull: FakePull, times = 1): Promise<string> {
  await house.github.until('an answer', () => answers(pull).length >= times);
  await concluded(pull);
  expect(answers(pull)).toHaveLength(times);
  return answers(pull).at(-1) ?? '';
}

const textAt = (pull: FakePull, path: string) => pull.record.head.git.file(pull.headSha, path);

test('three files with one overlap are one commit, with the requester as co-author, and are reviewed anew', async () => {
  const pull = await open();
  const before = pull.headSha;
  const comment = await pull.comment('/driftline fix\r\n\r\nthank you');
  const answer = await answered(pull);
  expect(await repo.git.commits(before, pull.headSha)).toHaveLength(1);
  expect(await Promise.all(Object.keys(files).map((path) => textAt(pull, path)))).toEqual([
    code.customersFixed,
    code.bothFixedOnce,
    code.citiesFixed,
  ]);
  expect(answer.split('\n')).toEqual([
    `Committed as ${pull.headSha.slice(0, 12)}: 3 problems fixed in 3 files.`,
    '',
    'Not fixed:',
    '',
    '- `shop/b.py:8` (`n-plus-one/lazy-relation`): its lines are those of the fix of n-plus-one/lazy-relation in line 7',
  ]);
  expect(comment.reactions.map(({ content }) => content)).toEqual(['+1']);
  const mona = house.github.world.state.user('mona');
  const log = await repo.git.run(['log', '-1', '--format=%an%n%B', pull.headSha]);
  expect(log.replaceAll(/df1_[0-9a-f]{8}/g, 'ID').split('\n')).toEqual([
    'driftline[bot]',
    'Fix 3 problems found by Driftline',
    '',
    '- shop/a.py:7 n-plus-one/lazy-relation ID',
    '- shop/b.py:7 n-plus-one/lazy-relation ID',
    '- shop/c.py:5 n-plus-one/lazy-relation ID',
    '',
    `Driftline-Request: comment-${comment.id}`,
    `Co-authored-by: mona <${mona.id}+mona@users.noreply.127.0.0.1>`,
  ]);
  expect(pull.check()?.title).toBe('1 new problem');
  // What was skipped is fixed by asking again.
  await pull.comment('/driftline fix n-plus-one/lazy-relation');
  expect(await answered(pull, 2)).toContain('1 problem fixed in 1 file.');
  expect(await textAt(pull, 'shop/b.py')).toBe(code.bothFixed);
  expect([pull.check()?.title, pull.check()?.actions]).toEqual(['No new problems', []]);
  await pull.comment('/driftline fix');
  expect(await answered(pull, 3)).toBe('There is nothing to fix at this commit.');
});

test('each delivery is carried out once', async () => {
  const pull = await open();
  await pull.comment('/driftline fix');
  await answered(pull);
  const before = house.github.snapshot()[repo.name];
  await house.github.redeliverAll({ reverse: true });
  await house.settled();
  expect(house.github.snapshot()[repo.name]).toEqual(before);
});

test('a reply in the thread of a finding fixes that finding, and is answered there', async () => {
  const pull = await open();
  const thread = pull.comments().find(({ path }) => path === 'shop/c.py');
  const reply = await pull.reply(thread?.id ?? 0, '/driftline fix');
  await house.github.until('an answer', () => pull.replies(thread?.id ?? 0).length === 2);
  await concluded(pull);
  expect(pull.replies(thread?.id ?? 0).at(-1)?.body).toMatch(/\nCommitted as .*: 1 problem fixed in 1 file\.$/);
  expect(reply.reactions.map(({ content }) => content)).toEqual(['+1']);
  expect([await textAt(pull, 'shop/a.py'), await textAt(pull, 'shop/c.py')]).toEqual([
    code.customers,
    code.citiesFixed,
  ]);
  expect(answers(pull)).toEqual([]);
});

test('what was dismissed is not fixed', async () => {
  const pull = await open({ files: { 'shop/c.py': code.cities } });
  const thread = pull.comments()[0];
  const ask = async (body: string) => {
    const there = pull.replies(thread?.id ?? 0).length;
    await pull.reply(thread?.id ?? 0, body);
    await house.github.until('an answer', () => pull.replies(thread?.id ?? 0).length === there + 2);
    await concluded(pull);
    return pull.replies(thread?.id ?? 0).at(-1)?.body;
  };
  expect(await ask('/driftline dismiss wont-fix')).toContain('1 dismissed');
  expect(await ask('/driftline fix')).toContain('There is no problem of');
  await ask('/driftline undo');
  expect(await ask('/driftline fix')).toContain('1 problem fixed in 1 file.');
});

test('the button on the check does the same, and is gone with the fixes', async () => {
  const pull = await open({ files: { 'shop/a.py': code.customers } });
  const run = pull.check();
  expect(run?.actions).toEqual([
    { identifier: 'apply-fixes', label: 'Apply fixes', description: 'Commit the verified fixes to the branch' },
  ]);
  if (run === undefined) return;
  await repo.pressAction(run, 'apply-fixes');
  expect(await answered(pull)).toContain('1 problem fixed in 1 file.');
  expect([await textAt(pull, 'shop/a.py'), pull.check()?.actions]).toEqual([code.customersFixed, []]);
  // An old page still shows the old check with its button.
  await repo.pressAction(run, 'apply-fixes');
  expect(run.headSha).not.toBe(pull.headSha);
  await house.settled();
  expect(answers(pull)).toHaveLength(1);
});

test('a head that moves while the fixes are made is left alone', async () => {
  const pull = await open();
  house.github.fail({ fault: { kind: 'delay', ms: 1_500 }, times: 1, route: /POST .*\/git\/blobs/ });
  const blobs = house.github.count('POST /repos/{owner}/{repo}/git/blobs');
  await pull.comment('/driftline fix');
  await house.github.until(
    'the fixes are being sent',
    () => house.github.count('POST /repos/{owner}/{repo}/git/blobs') > blobs,
  );
  const theirs = await pull.push({ 'README.md': 'theirs\n' });
  expect(await answered(pull)).toContain('A newer commit was pushed meanwhile, so nothing was committed.');
  expect(pull.headSha).toBe(theirs);
});

test('a branch that was set back while the fixes are made is left alone', async () => {
  const pull = await open({ files: { 'shop/a.py': code.customers } });
  const first = pull.headSha;
  await pull.push({ 'shop/c.py': code.cities });
  await concluded(pull);
  house.github.fail({ fault: { kind: 'delay', ms: 1_500 }, times: 1, route: /POST .*\/git\/blobs/ });
  const blobs = house.github.count('POST /repos/{owner}/{repo}/git/blobs');
  await pull.comment('/driftline fix');
  await house.github.until(
    'the fixes are being sent',
    () => house.github.count('POST /repos/{owner}/{repo}/git/blobs') > blobs,
  );
  await pull.resetTo(first);
  expect(await answered(pull)).toContain('A newer commit was pushed meanwhile');
  expect(pull.headSha).toBe(first);
});

test('a branch in a fork gets an answer and no button', async () => {
  const pull = await open({ fork: 'mallory' });
  expect(pull.check()?.actions).toEqual([]);
  const head = pull.headSha;
  await pull.comment('/driftline fix');
  expect(await answered(pull)).toContain('The branch is in a fork, to which Driftline cannot push.');
  expect(pull.headSha).toBe(head);
});

test.each(['triage', 'read', 'none'] as const)('the role %s is told once that it is not enough', async (role) => {
  const pull = await open();
  const head = pull.headSha;
  repo.setRole('eve', role);
  const first = await pull.comment('/driftline fix', 'eve');
  const said = 'Commands need write access to this repository, which eve does not have.';
  expect(await answered(pull)).toBe(said);
  expect(first.reactions.map(({ content }) => content)).toEqual(['confused']);
  await pull.comment('/driftline fix', 'eve');
  await pull.comment('/driftline nonsense', 'eve');
  expect(await answered(pull)).toBe(said);
  expect(pull.headSha).toBe(head);
});

test('what no person has just written is no command', async () => {
  const pull = await open();
  const head = pull.headSha;
  repo.setRole('robot[bot]', 'admin');
  const { id } = await pull.comment('looks good');
  await pull.editComment(id, '/driftline fix');
  await pull.comment('> /driftline fix');
  await pull.comment('as you said:\n/driftline fix');
  await pull.comment('```\n/driftline fix\n```');
  await pull.comment('/driftline fix', 'robot[bot]');
  await pull.comment('/driftline fix', 'mona', 'chat-bridge');
  await house.settled();
  expect([answers(pull), pull.headSha]).toEqual([[], head]);
  expect(await house.jobs()).toMatchObject({ failed: 0 });
});

test('what cannot be meant gets a short answer', async () => {
  const pull = await open({ files: { 'shop/a.py': code.customers } });
  const head = pull.headSha;
  const asked = [
    '/driftline frobnicate',
    '/driftline fix df1_00000000',
    '/driftline fix no/such-rule',
    '/driftline help',
  ];
  for (const [index, body] of asked.entries()) {
    await pull.comment(body);
    await answered(pull, index + 1);
  }
  expect(answers(pull).map((answer) => answer.split('\n')[0])).toEqual([
    'That is no command. There are:',
    'There is no problem of `df1_00000000` at this commit.',
    'There is no problem of `no/such-rule` at this commit.',
    expect.stringMatching(/^- `\/driftline dismiss /),
  ]);
  expect(pull.headSha).toBe(head);
  await pull.close();
  await pull.comment('/driftline fix');
  expect(await answered(pull, 5)).toBe('The pull request is closed.');
});

test('a protected branch is told as GitHub tells it', async () => {
  const pull = await open();
  const head = pull.headSha;
  repo.record.protectedBranches.add(pull.record.headRef);
  await pull.comment('/driftline fix');
  expect(await answered(pull)).toBe(
    'GitHub refused the commit (Repository rule violations found: the branch is protected). Nothing was changed.',
  );
  expect(pull.headSha).toBe(head);
});

test('answers that are lost on the way make neither a second commit nor a second answer', async () => {
  const pull = await open();
  const before = pull.headSha;
  house.github.fail({ fault: { kind: 'lost-answer' }, times: 1, route: /PATCH .*\/git\/refs/ });
  house.github.fail({ fault: { kind: 'lost-answer' }, times: 1, route: /POST .*\/issues\/\d+\/comments/ });
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 1, route: /POST .*\/git\/trees/ });
  await pull.comment('/driftline fix');
  expect(await answered(pull)).toContain('3 problems fixed in 3 files.');
  expect(await repo.git.commits(before, pull.headSha)).toHaveLength(1);
});

test('a head that moved before the command is heard is left alone', async () => {
  const pull = await open();
  const thread = pull.comments().find(({ path }) => path === 'shop/c.py')?.id ?? 0;
  house.github.world.webhooks.hold();
  await pull.reply(thread, '/driftline fix');
  const theirs = await pull.push({ 'README.md': 'theirs\n' });
  await house.github.world.webhooks.release();
  await house.github.until('an answer', () => pull.replies(thread).length === 2);
  await concluded(pull);
  expect(pull.replies(thread).at(-1)?.body).toContain('A newer commit was pushed meanwhile, so nothing was committed.');
  expect(pull.headSha).toBe(theirs);
});

test('a thread that is not about a problem of ours is told so', async () => {
  const pull = await open();
  const ours = pull.comments()[0];
  if (ours === undefined) throw new Error('no comment');
  const theirs = { ...ours, id: 900, user: house.github.world.state.user('mona'), reactions: [] };
  pull.record.comments.push(theirs);
  await pull.reply(theirs.id, '/driftline fix');
  await house.github.until('an answer', () => pull.replies(theirs.id).length === 2);
  await house.settled();
  expect(pull.replies(theirs.id).at(-1)?.body).toContain('This thread is not about a problem that Driftline found.');
});

test('two commands at once are carried out one after the other', async () => {
  const pull = await open();
  const before = pull.headSha;
  await Promise.all([pull.comment('/driftline fix'), pull.comment('/driftline fix')]);
  await answered(pull, 2);
  expect(
    answers(pull)
      .map((answer) => /\d problems? fixed/.exec(answer)?.[0])
      .sort(),
  ).toEqual(['1 problem fixed', '3 problems fixed']);
  expect(await repo.git.commits(before, pull.headSha)).toHaveLength(2);
  expect(await textAt(pull, 'shop/b.py')).toBe(code.bothFixed);
});

test('when GitHub does not answer for too long, the person hears of it', async () => {
  const pull = await open();
  const head = pull.headSha;
  house.github.fail({ fault: { kind: 'bad-gateway' }, times: 15, route: /POST .*\/git\/blobs/ });
  const { reactions } = await pull.comment('/driftline fix');
  await house.github.until('an answer', () => answers(pull).length === 1, 60_000);
  expect(answers(pull)[0]).toMatch(/^This could not be done: GitHub failed while committing: 502 /);
  expect([reactions.map(({ content }) => content), pull.headSha]).toEqual([['confused'], head]);
  expect(await house.settled()).toMatchObject({ failed: 1 });
});
