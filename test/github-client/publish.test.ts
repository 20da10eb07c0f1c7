// Publishing against the fake GitHub over real HTTP: what is posted, that nothing is posted twice, and what it costs.
import { afterEach, describe, expect, test } from 'vitest';
import { annotation, closeRoom, commentOn, findingId, openRoom, planFor, type Room, review } from './room.ts';

let room: Room;
afterEach(() => closeRoom(room));

const bot = 'driftline[bot]';

describe('an ordinary review', () => {
  test('is one review with its comments, a concluded check and an upload', async () => {
    room = await openRoom();
    const { pull, repository } = room;
    const plan = planFor(pull.headSha, { comments: [commentOn(3), { ...commentOn(7), startLine: 5 }] });
    const result = await review(room, plan);

    expect(result.state).toBe('published');
    expect(result.refused).toEqual([]);
    expect(result.sarif).toEqual({ state: 'uploaded', id: repository.uploads()[0]?.id });
    const reviews = pull.reviews();
    expect(reviews).toHaveLength(1);
    expect(reviews[0]).toMatchObject({ id: result.reviewId, state: 'COMMENTED', commit: pull.headSha });
    expect(reviews[0]?.user.login).toBe(bot);
    const comments = pull.comments();
    expect(
      comments.map(({ path, originalLine, originalStartLine, side }) => [path, originalStartLine, originalLine, side]),
    ).toEqual([
      ['src/shop.py', null, 3, 'RIGHT'],
      ['src/shop.py', 5, 7, 'RIGHT'],
    ]);
    expect(result.comments).toEqual([
      { findingId: findingId(3), commentId: comments[0]?.id },
      { findingId: findingId(7), commentId: comments[1]?.id },
    ]);
    expect(pull.check()).toMatchObject({
      name: 'Driftline',
      status: 'completed',
      conclusion: 'neutral',
      title: '2 new problems',
      summary: 'What was found.',
    });
    expect(pull.check()?.annotations).toHaveLength(2);
    const [upload] = repository.uploads();
    expect(upload).toMatchObject({ commit: pull.headSha, ref: `refs/pull/${pull.number}/head`, errors: [] });
  });

  test('costs at most 15 calls with everything cold, 3 of them creating', async () => {
    room = await openRoom();
    await room.github.cloneAccess(room.repository.ref);
    const result = await review(room);
    room.pull.reviews();
    const calls = room.fake.calls.map((call) => call.route);
    expect(calls.length).toBeLessThanOrEqual(15);
    const creating = calls.filter((route) => route.startsWith('POST') && !route.endsWith('/access_tokens'));
    expect(creating.toSorted()).toEqual([
      'POST /repos/{owner}/{repo}/check-runs',
      'POST /repos/{owner}/{repo}/code-scanning/sarifs',
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    ]);
    // Of these, publishing itself: the head once more, the review, its comments' ids, the upload, the check.
    expect(result.calls).toEqual({ total: 5, creating: 2 });
  });

  test('with nothing to say posts no comment, and the check is green', async () => {
    room = await openRoom();
    const result = await review(room, planFor(room.pull.headSha, { comments: [] }));
    expect(result).toMatchObject({ state: 'published', reviewId: null, comments: [] });
    expect(room.pull.reviews()).toEqual([]);
    expect(room.pull.check()).toMatchObject({ conclusion: 'success', annotations: [] });
  });
});

describe('a second run for the same head', () => {
  test('changes nothing, posts nothing', async () => {
    room = await openRoom();
    await review(room);
    const before = room.fake.snapshot();
    const written = room.fake.calls.filter((call) => !call.route.startsWith('GET')).length;
    const again = await review(room, undefined, room.anotherClient());
    expect(again).toMatchObject({ state: 'published', reviewId: null, comments: [], sarif: { state: 'unchanged' } });
    room.pull.reviews();
    expect(room.fake.snapshot()).toEqual(before);
    // Only the token of the second worker was made.
    expect(room.fake.calls.filter((call) => !call.route.startsWith('GET')).length).toBe(written + 1);
  });

  test('posts only the comments that are missing', async () => {
    room = await openRoom();
    await review(room, planFor(room.pull.headSha, { comments: [commentOn(3)] }));
    const again = await review(room, planFor(room.pull.headSha, { comments: [commentOn(3), commentOn(9)] }));
    expect(again.comments.map((comment) => comment.findingId)).toEqual([findingId(9)]);
    expect(room.pull.comments().map((comment) => comment.originalLine)).toEqual([3, 9]);
  });

  test('takes no mark of anybody else for its own', async () => {
    room = await openRoom();
    const { pull, fake } = room;
    await review(room, planFor(pull.headSha, { comments: [commentOn(3)] }));
    // Somebody copies our comment with its mark; another bot forges the mark of the review.
    const [first] = pull.record.comments;
    const [posted] = pull.record.reviews;
    if (!first || !posted) throw new Error('nothing was posted');
    const mona = fake.world.state.user('mona');
    const forger = fake.world.state.user('evil[bot]', 'Bot');
    pull.record.comments.push({ ...first, id: 900, user: mona, body: commentOn(9).body });
    pull.record.comments.push({ ...first, id: 901, body: `quoted:\n${commentOn(11).body}` });
    pull.record.reviews.push({
      ...posted,
      id: 902,
      user: forger,
      body: posted.body.replace(pull.headSha, 'f'.repeat(40)),
    });
    const state = await room.github.posted(await room.github.pull(room.repository.ref, pull.number));
    expect(state.comments).toEqual([
      { id: first.id, findingId: findingId(3), path: 'src/shop.py', line: 3, body: first.body },
    ]);
    expect(state.reviewedHeads).toEqual([pull.headSha]);
    expect(state.check).toMatchObject({ status: 'completed', conclusion: 'neutral', annotations: 1 });
    pull.reviews();
  });
});

describe('a comment that GitHub refuses', () => {
  const lines = Array.from({ length: 20 }, (_, index) => index + 1);

  test.each([1, 2, 10, 11, 20])('at line %i of 20 loses only itself, in one visible review', async (bad) => {
    room = await openRoom();
    room.fake.refuseComment('src/shop.py', bad);
    const result = await review(room, planFor(room.pull.headSha, { comments: lines.map((line) => commentOn(line)) }));
    expect(result.refused).toEqual([findingId(bad)]);
    expect(room.pull.reviews()).toHaveLength(1);
    expect(room.pull.comments().map((comment) => comment.originalLine)).toEqual(lines.filter((line) => line !== bad));
    expect(result.comments).toHaveLength(19);
    expect(room.pull.check()?.summary).toContain(`- \`src/shop.py:${bad}\``);
  });

  test('two of them lose only themselves', async () => {
    room = await openRoom();
    room.fake.refuseComment('src/shop.py', 4);
    room.fake.refuseComment('src/shop.py', 17);
    const result = await review(room, planFor(room.pull.headSha, { comments: lines.map((line) => commentOn(line)) }));
    expect(result.refused.toSorted()).toEqual([findingId(4), findingId(17)]);
    expect(room.pull.comments()).toHaveLength(18);
    expect(room.pull.reviews()).toHaveLength(1);
  });

  test('outside the diff is refused by the rules of GitHub itself', async () => {
    room = await openRoom();
    const comments = [commentOn(3), commentOn(5, 'README.md')];
    const result = await review(room, planFor(room.pull.headSha, { comments }));
    expect(result.refused).toEqual([findingId(5)]);
    expect(room.pull.comments().map((comment) => comment.path)).toEqual(['src/shop.py']);
  });

  test('when it was the only one, no review is posted and the check tells', async () => {
    room = await openRoom();
    room.fake.refuseComment('src/shop.py', 3);
    const result = await review(room);
    expect(result).toMatchObject({ state: 'published', reviewId: null, comments: [], refused: [findingId(3)] });
    expect(room.pull.reviews()).toEqual([]);
    expect(room.pull.check()).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(room.pull.check()?.summary).toContain('GitHub did not accept 1 comment at its place');
  });

  test('when all are, the number of drafts stays bounded', async () => {
    room = await openRoom();
    room.fake.refuseComment('src/shop.py');
    const result = await review(room, planFor(room.pull.headSha, { comments: lines.map((line) => commentOn(line)) }));
    expect(result.refused).toHaveLength(20);
    expect(room.fake.count('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews')).toBeLessThanOrEqual(25);
  });

  test('a draft left by an attempt that was cut off is cleared away', async () => {
    room = await openRoom();
    const { pull, fake } = room;
    await review(room, planFor(pull.headSha, { comments: [commentOn(3)] }));
    const [posted] = pull.record.reviews;
    if (!posted) throw new Error('nothing was posted');
    pull.record.reviews.push({ ...posted, id: fake.world.state.nextId(), state: 'PENDING' });
    const again = await review(room, planFor(pull.headSha, { comments: [commentOn(3), commentOn(9)] }));
    expect(again.refused).toEqual([]);
    expect(pull.reviews().map((one) => one.state)).toEqual(['COMMENTED', 'COMMENTED']);
  });
});

describe('a head that moved', () => {
  test('before publishing: nothing is written', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    const plan = planFor(pull.headSha);
    const snapshot = await github.pull(repository.ref, pull.number);
    const check = await github.startCheck(repository.ref, plan.headSha, false);
    const posted = await github.posted(snapshot);
    await pull.push({ 'src/shop.py': 'all new\n' });
    const result = await github.publish(snapshot, plan, check.id, posted);
    expect(result).toMatchObject({ state: 'head-moved', reviewId: null, calls: { creating: 0 } });
    expect(pull.reviews()).toEqual([]);
    expect(repository.uploads()).toEqual([]);
    expect(pull.check('Driftline', plan.headSha)?.status).toBe('in_progress');

    await github.concludeCheck(repository.ref, check.id, { ...plan.check, conclusion: 'cancelled', annotations: [] });
    expect(pull.check('Driftline', plan.headSha)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
  });

  test('or a pull request that was closed: nothing is written either', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    const plan = planFor(pull.headSha);
    const snapshot = await github.pull(repository.ref, pull.number);
    const check = await github.startCheck(repository.ref, plan.headSha, false);
    await pull.close();
    const result = await github.publish(snapshot, plan, check.id, await github.posted(snapshot));
    expect(result.state).toBe('closed');
    expect(pull.reviews()).toEqual([]);
    await github.concludeCheck(repository.ref, check.id, { ...plan.check, conclusion: 'cancelled', annotations: [] });
  });
});

describe('the check', () => {
  test('takes 120 annotations in batches of fifty and is concluded by the last', async () => {
    room = await openRoom();
    const annotations = Array.from({ length: 120 }, (_, index) => annotation(index + 1));
    await review(room, planFor(room.pull.headSha, { comments: [], annotations }));
    expect(room.fake.count('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}')).toBe(3);
    const check = room.pull.check();
    expect(check?.status).toBe('completed');
    expect(check?.annotations.map((one) => one.start_line)).toEqual(annotations.map((one) => one.startLine));
  });

  test('that was cut off between batches is completed without a double', async () => {
    room = await openRoom();
    const annotations = Array.from({ length: 120 }, (_, index) => annotation(index + 1));
    const plan = planFor(room.pull.headSha, { comments: [], annotations });
    room.fake.fail({ fault: { kind: 'drop' }, times: 1, after: 1, route: /^PATCH .*check-runs/ });
    const hasty = room.anotherClient({ patience: { retries: 0, backoffMs: 1, limitMs: 0 } });
    await expect(review(room, plan, hasty)).rejects.toMatchObject({ name: 'TransientError' });
    expect(room.pull.check()).toMatchObject({ status: 'in_progress' });
    expect(room.pull.check()?.annotations).toHaveLength(50);

    await review(room, plan, room.anotherClient());
    expect(room.pull.check()?.status).toBe('completed');
    expect(room.pull.check()?.annotations.map((one) => one.start_line)).toEqual(
      annotations.map((one) => one.startLine),
    );
  });

  test('is found again, and a fresh one made only when it is asked for again', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    const first = await github.startCheck(repository.ref, pull.headSha, false);
    expect(pull.check()).toMatchObject({ id: first.id, status: 'in_progress', externalId: pull.headSha });
    expect(await github.startCheck(repository.ref, pull.headSha, true)).toEqual({ id: first.id, concluded: false });
    await github.concludeCheck(repository.ref, first.id, planFor(pull.headSha, { comments: [] }).check);
    expect(await github.startCheck(repository.ref, pull.headSha, false)).toEqual({ id: first.id, concluded: true });
    const second = await github.startCheck(repository.ref, pull.headSha, true);
    expect(second.concluded).toBe(false);
    expect(second.id).not.toBe(first.id);
    expect(await github.startCheck(repository.ref, pull.headSha, true)).toEqual(second);
    await github.concludeCheck(repository.ref, second.id, planFor(pull.headSha, { comments: [] }).check);
    expect(pull.checkRuns()).toHaveLength(2);
  });

  test('keeps its first conclusion', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    await review(room, planFor(pull.headSha, { comments: [] }));
    const { id } = await github.startCheck(repository.ref, pull.headSha, false);
    const late = { ...planFor(pull.headSha).check, conclusion: 'failure' as const };
    await github.concludeCheck(repository.ref, id, late);
    expect(pull.check()?.conclusion).toBe('success');
  });

  test('gives way to a worse word about the same head, and to no better one', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    // Another pull request with this head is a draft; this one has findings; a third adds nothing to its own base.
    const { id } = await github.startCheck(repository.ref, pull.headSha, false);
    const skipped = { ...planFor(pull.headSha, { comments: [] }).check, conclusion: 'skipped' as const };
    await github.concludeCheck(repository.ref, id, skipped);
    await review(room, planFor(pull.headSha));
    expect(pull.check()).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(pull.check()?.annotations).toHaveLength(1);
    const blocking = planFor(pull.headSha);
    blocking.check = { ...blocking.check, conclusion: 'failure' };
    await review(room, blocking);
    await review(room, planFor(pull.headSha, { comments: [] }));
    await review(room, blocking);
    expect(pull.checkRuns().map((run) => run.conclusion)).toEqual(['skipped', 'neutral', 'failure']);
    expect(pull.comments()).toHaveLength(1);
  });

  test('of a head whose review failed hides no failure and leaves no success', async () => {
    room = await openRoom();
    const { github, pull, repository } = room;
    const clean = planFor(pull.headSha, { comments: [] }).check;
    const conclude = (conclusion: 'success' | 'neutral' | 'failure') =>
      github.concludeHead(repository.ref, pull.headSha, { ...clean, conclusion });
    const conclusions = () => pull.checkRuns().map((run) => run.conclusion);
    await conclude('success');
    await conclude('neutral');
    await conclude('neutral');
    expect(conclusions()).toEqual(['success', 'neutral']);
    await conclude('failure');
    await conclude('neutral');
    expect(conclusions()).toEqual(['success', 'neutral', 'failure']);
    const { id } = await github.startCheck(repository.ref, pull.headSha, true);
    await conclude('neutral');
    expect(pull.check()).toMatchObject({ id, conclusion: 'neutral' });
  });

  test("holds GitHub's limits", async () => {
    room = await openRoom();
    const plan = planFor(room.pull.headSha, { comments: [] });
    const long = '😀'.repeat(40_000);
    plan.check = {
      ...plan.check,
      title: long,
      summary: long,
      text: long,
      annotations: [
        { ...annotation(1), title: long, message: long },
        { ...annotation(2), endLine: 4 },
      ],
    };
    await review(room, plan);
    const check = room.pull.check();
    expect(check?.summary?.length).toBeLessThanOrEqual(65_535);
    expect(check?.text?.endsWith('😀…')).toBe(true);
    expect(check?.annotations[0]?.title?.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(check?.annotations[0]?.message ?? '')).toBeLessThanOrEqual(65_536);
    expect(check?.annotations[1]).not.toHaveProperty('start_column');
  });
});

describe('code scanning', () => {
  test('without the permission is not asked, and the check says so', async () => {
    const permissions = { metadata: 'read', contents: 'read', pull_requests: 'write', checks: 'write' };
    room = await openRoom({ permissions });
    const result = await review(room);
    expect(result.sarif).toEqual({
      state: 'not-permitted',
      reason: 'the App has no permission to write security events',
    });
    expect(room.fake.count('POST /repos/{owner}/{repo}/code-scanning/sarifs')).toBe(0);
    expect(room.pull.check()?.summary).toBe(
      'What was found.\n\nCode scanning has no results: the App has no permission to write security events.',
    );
    room.pull.reviews();
    expect(await room.github.permissions(room.repository.ref.installationId)).toEqual(permissions);
  });

  test('that is off in the repository is said too', async () => {
    room = await openRoom({}, { codeScanning: false });
    const result = await review(room);
    expect(result.sarif).toEqual({
      state: 'not-enabled',
      reason: 'code scanning is not enabled for this repository',
    });
    expect(room.pull.check()?.summary).toContain('code scanning is not enabled for this repository');
    room.pull.reviews();
  });

  test('that is down does not hold up the check', async () => {
    room = await openRoom();
    room.fake.fail({ fault: { kind: 'bad-gateway' }, times: 10, route: /code-scanning/ });
    const result = await review(room);
    expect(result.sarif.state).toBe('failed');
    expect(room.pull.check()?.status).toBe('completed');
    room.pull.reviews();
  });
});
