// The command line as a user meets it: real processes, real git repositories.
import { type StdioOptions, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JsonReport } from '../../src/cli/format/json.ts';

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'driftline-cli-'));
const shop = path.join(folder, 'shop');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const driftline = (args: string[], cwd = shop) =>
  execa(process.execPath, [main, ...args], { cwd, reject: false, env: { NO_COLOR: '' }, stripFinalNewline: false });
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], {
    cwd: shop,
  });

function put(name: string, text: string | Uint8Array) {
  mkdirSync(path.dirname(path.join(shop, name)), { recursive: true });
  writeFileSync(path.join(shop, name), text);
}

const models = `from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
`;
const clean = `from shop.models import Customer, Order


def names():
    customers = Customer.objects.in_bulk()
    return [customers[order.customer_id].name for order in Order.objects.all()]
`;
const bad = `from shop.models import Customer, Order


def names():
    result = []
    for order in Order.objects.all():
        customer = Customer.objects.get(pk=order.customer_id)
        result.append(customer.name)
    return result
`;

beforeAll(async () => {
  mkdirSync(shop);
  await git('init', '-q', '-b', 'main');
  put('requirements.txt', 'django==5.2\n');
  put('shop/models.py', models);
  put('shop/views.py', clean);
  await git('add', '-A');
  await git('commit', '-qm', 'base');
  await git('switch', '-qc', 'feature');
  put('shop/views.py', bad);
  await git('commit', '-qam', 'list names');
});

describe('driftline review', () => {
  it('shows what the branch adds, and exits by --fail-on', async () => {
    const { stdout, stderr, exitCode } = await driftline(['review', '--base', 'main', '--head', 'feature']);
    expect(stderr).toBe('');
    expect(stdout).toContain('shop/views.py:7:');
    expect(stdout).toContain('n-plus-one/loop-query');
    expect(stdout).toContain('7 │ customer = Customer.objects.get(pk=order.customer_id)');
    expect(stdout).toContain('Fix:');
    expect(exitCode).toBe(0);
    expect((await driftline(['review', '--base', 'main', '--head', 'feature', '--fail-on', 'warn'])).exitCode).toBe(1);
    expect((await driftline(['review', '--base', 'feature', '--head', 'main', '--fail-on', 'warn'])).exitCode).toBe(0);
  });

  it('reviews the working tree, untracked files included, and leaves the repository as it was', async () => {
    put('shop/more.py', bad.replace('def names', 'def more'));
    const before = (await git('count-objects', '-v')).stdout;
    const { stdout } = await driftline(['review', '--base', 'main', '--format', 'json']);
    const report = JsonReport.parse(JSON.parse(stdout));
    expect(report.findings.map((finding) => finding.place.path)).toEqual(['shop/more.py', 'shop/views.py']);
    expect((await git('count-objects', '-v')).stdout).toBe(before);
    expect((await git('status', '--porcelain')).stdout).toBe('?? shop/more.py');
    rmSync(path.join(shop, 'shop/more.py'));
  });

  it('gives the same bytes twice, in every format', async () => {
    for (const format of ['text', 'json', 'sarif', 'markdown', 'github']) {
      const args = ['review', '--base', 'main', '--head', 'feature', '--format', format];
      expect((await driftline(args)).stdout).toBe((await driftline(args)).stdout);
    }
  });

  it('reads its settings from the base, not from the change', async () => {
    put('.github/driftline.yml', 'levels:\n  n-plus-one/loop-query: off\n');
    expect((await driftline(['review', '--base', 'main'])).stdout).toContain('n-plus-one/loop-query');
    rmSync(path.join(shop, '.github'), { recursive: true });
  });

  it('warns of the level of a rule that does not exist, on standard error', async () => {
    put('.github/driftline.yml', 'levels:\n  n-plus-one/loop-quer: off\n');
    const { stdout, stderr, exitCode } = await driftline(['scan']);
    expect(stderr).toBe(
      'driftline: warning: .github/driftline.yml, line 2: there is no rule "n-plus-one/loop-quer", ' +
        'so its level changes nothing; perhaps "n-plus-one/loop-query" was meant.\n',
    );
    expect(stdout).toContain('n-plus-one/loop-query');
    expect(exitCode).toBe(0);
    rmSync(path.join(shop, '.github'), { recursive: true });
  });

  it('says of a SHA-256 repository that it cannot be reviewed, and scans it', async () => {
    const other = path.join(folder, 'sha256');
    mkdirSync(other);
    await execa('git', ['init', '-q', '--object-format=sha256'], { cwd: other });
    writeFileSync(path.join(other, 'views.py'), bad);
    const { stderr, exitCode } = await driftline(['review'], other);
    expect(stderr).toMatch(/^driftline: .*sha256 names its objects by SHA-256\. Such repositories cannot be reviewed/);
    expect(exitCode).toBe(2);
    expect((await driftline(['scan'], other)).exitCode).toBe(0);
  });

  it('finds the repository from a folder inside it', async () => {
    const { stdout } = await driftline(['review', '--base', 'main', '--head', 'feature'], path.join(shop, 'shop'));
    expect(stdout).toContain('shop/views.py:7:');
  });
});

describe('driftline scan', () => {
  it('reports for the paths only, whatever way they are written', async () => {
    put('shop/other.py', bad.replace('def names', 'def other'));
    const paths = async (...args: string[]) => {
      const { stdout } = await driftline(['scan', '--format', 'json', ...args]);
      return JsonReport.parse(JSON.parse(stdout)).findings.map((finding) => finding.place.path);
    };
    expect(await paths()).toEqual(['shop/other.py', 'shop/views.py']);
    expect(await paths('shop/other.py')).toEqual(['shop/other.py']);
    expect(await paths('--root', shop, path.join(shop, 'shop/views.py'))).toEqual(['shop/views.py']);
    expect(await paths('shop')).toEqual(['shop/other.py', 'shop/views.py']);
    rmSync(path.join(shop, 'shop/other.py'));
  });

  it('follows no link out of the tree', async () => {
    writeFileSync(path.join(folder, 'secret.py'), bad);
    symlinkSync(path.join(folder, 'secret.py'), path.join(shop, 'shop/linked.py'));
    const { stdout } = await driftline(['scan', '--format', 'json', 'shop/linked.py']);
    const report = JsonReport.parse(JSON.parse(stdout));
    expect(report.findings).toEqual([]);
    expect(report.skipped.map((skip) => [skip.path, skip.reason])).toEqual([['shop/linked.py', 'symbolic-link']]);
    rmSync(path.join(shop, 'shop/linked.py'));
  });
});

describe('odd surroundings', () => {
  it('scans a file whose name only begins like the folder above', async () => {
    put('..views.py', bad);
    const { stdout, exitCode } = await driftline(['scan', '..views.py']);
    expect(stdout).toContain('..views.py:7:');
    expect(exitCode).toBe(0);
    rmSync(path.join(shop, '..views.py'));
  });

  it('takes no settings from a link or a named pipe', async () => {
    const settings = path.join(shop, '.github/driftline.yml');
    mkdirSync(path.dirname(settings));
    writeFileSync(path.join(folder, 'elsewhere.yml'), 'levels:\n  n-plus-one/loop-query: off\n');
    symlinkSync(path.join(folder, 'elsewhere.yml'), settings);
    expect((await driftline(['scan'])).stdout).toContain('n-plus-one/loop-query');
    rmSync(settings);
    await execa('mkfifo', [settings]);
    expect((await driftline(['scan'])).stdout).toContain('n-plus-one/loop-query');
    rmSync(path.dirname(settings), { recursive: true });
  });

  it.runIf(existsSync('/dev/full'))('says in one line that the disk is full, and exits 3', () => {
    const full = openSync('/dev/full', 'w');
    const stdio: StdioOptions = ['ignore', full, 'pipe'];
    const { stderr, status } = spawnSync(process.execPath, [main, 'scan'], { cwd: shop, encoding: 'utf8', stdio });
    closeSync(full);
    expect(stderr).toMatch(/^driftline: the output could not be written: ENOSPC[^\n]*\n$/);
    expect(status).toBe(3);
  });
});

describe('a mistake', () => {
  const cases: [string, string[], string | undefined, RegExp][] = [
    ['not a repository', ['review'], folder, /^driftline: .*not .*git repository.*\n$/],
    ['an unknown revision', ['review', '--base', 'no-such'], undefined, /^driftline: .*no-such.*\n$/],
    ['a revision that looks like an option', ['review', '--base=--upload-pack=x'], undefined, /^driftline: .*\n$/],
    ['an unknown format', ['scan', '--format', 'xml'], undefined, /^driftline: unknown format "xml".*text, json/],
    ['an unknown option', ['review', '--bsae', 'x'], undefined, /^driftline: unknown option/],
    ['an unknown command', ['reveiw'], undefined, /^driftline: unknown command/],
    ['an unknown level', ['scan', '--fail-on', 'loud'], undefined, /^driftline: --fail-on takes/],
    ['a path that is not there', ['scan', 'nowhere.py'], undefined, /^driftline: "nowhere.py" does not exist/],
    ['a path outside the root', ['scan', '..'], undefined, /^driftline: ".." is not below --root/],
  ];
  it.each(cases)('%s: one line, exit 2', async (_name, args, cwd, line) => {
    const { stdout, stderr, exitCode } = await driftline(args, cwd ?? shop);
    expect(stdout).toBe('');
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('    at ');
    expect(exitCode).toBe(2);
  });

  it('a .env that cannot be read: one line, exit 2', async () => {
    const server = path.join(folder, 'server');
    mkdirSync(path.join(server, '.env'), { recursive: true });
    const { stderr, exitCode } = await driftline(['migrate'], server);
    expect(stderr).toMatch(/^driftline: \.env in this folder cannot be read\. .*\n$/);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['is not UTF-8', new Uint8Array([0x65, 0xff, 0xfe, 0x0a])],
    ['is not YAML', 'levels: [\n'],
    ['has an unknown key', 'levelz: {}\n'],
  ])('a configuration file that %s: one line, exit 2', async (_name, content) => {
    put('.github/driftline.yml', content);
    const scan = await driftline(['scan']);
    expect(scan.stderr).toMatch(/^driftline: .*\.github\/driftline\.yml.*\n$/);
    expect(scan.exitCode).toBe(2);
    await git('switch', '-qc', 'broken', 'main');
    await git('add', '-A');
    await git('commit', '-qm', 'broken config');
    const review = await driftline(['review', '--base', 'broken', '--head', 'feature']);
    expect(review.stderr).toMatch(/^driftline: .*\.github\/driftline\.yml.*\n$/);
    expect(review.exitCode).toBe(2);
    await git('switch', '-q', 'feature');
    await git('branch', '-qD', 'broken');
  });
});

describe('help', () => {
  it('is printed on request, with exit 0', async () => {
    const { stdout, exitCode } = await driftline(['--help']);
    expect(stdout).toContain('review [options]');
    expect(exitCode).toBe(0);
    expect((await driftline(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
