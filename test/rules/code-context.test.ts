import { describe, expect, it } from 'vitest';
import { codeContext, type RepositoryFacts } from '../../src/rules/code-context.ts';
import { parseCodeOwners } from '../../src/rules/code-owners.ts';
import { type Entity, entityAt, fanInThreshold } from '../../src/rules/entity.ts';
import { areasByPath } from '../../src/rules/feature-area.ts';

const entity: Entity = {
  path: 'src/cart.ts',
  name: 'addItem',
  kinds: ['function'],
  startLine: 1,
  endLine: 10,
  exported: false,
  public: false,
  callers: 2,
  package: null,
  generated: false,
};

const facts: RepositoryFacts = { areas: {}, values: {}, owners: parseCodeOwners(''), fanInThreshold: 8 };

const context = (about: Partial<Entity>, known: Partial<RepositoryFacts> = {}) =>
  codeContext({ ...entity, ...about }, { ...facts, ...known });

describe('RUL-192 feature areas', () => {
  it.each([
    ['api/orders.ts', 'api'],
    ['src/routes/index.ts', 'api'],
    ['app/controllers/orders_controller.rb', 'api'],
    ['src/webhooks/github.ts', 'webhook'],
    ['src/github/webhook.ts', 'webhook'],
    ['src/stripeWebhookHandler.ts', 'webhook'],
    ['app/api/webhooks/route.ts', 'api webhook'],
    ['src/auth/login.ts', 'auth'],
    ['pkg/authz/policy.go', 'auth'],
    ['src/session.ts', 'auth'],
    ['src/sessions/store.ts', 'auth'],
    ['src/components/Button.tsx', 'ui'],
    ['pages/index.tsx', 'ui'],
    ['src/db/client.ts', 'data'],
    ['app/models/order.rb', 'data'],
    ['src/repositories/orders.ts', 'data'],
    ['prisma/seed.ts', 'data'],
    ['db/migrations/001.sql', 'data'],
    ['app/jobs/mail.rb', 'jobs'],
    ['src/workers/a.ts', 'jobs'],
    ['queue/review.ts', 'jobs'],
    ['bin/run', 'cli'],
    ['src/cli/main.ts', 'cli'],
    ['.github/workflows/ci.yml', 'infra'],
    ['deploy/k8s.yml', 'infra'],
    ['terraform/main.tf', 'infra'],
    ['Dockerfile', 'infra'],
    ['docker/web.Dockerfile', 'infra'],
    ['Dockerfile.dev', 'infra'],
    ['lib/a.rb', 'lib'],
    ['src/utils/date.ts', 'lib'],
    ['packages/shared/x.ts', 'lib'],
    ['test/cart.ts', 'test'],
    ['src/cart.test.ts', 'test'],
    ['pkg/cart_test.go', 'test'],
    ['tests/api/orders.py', 'api test'],
    ['test_cart.py', 'test'],
    ['src/__tests__/x.ts', 'test'],
    ['docs/guide.html', 'docs'],
    ['README.md', 'docs'],
    ['src/cart.ts', ''],
    ['apiary/x.ts', ''],
    ['src/latest.ts', ''],
  ])('%s: %s', (path, areas) => {
    expect(
      areasByPath(path)
        .map(({ area }) => area)
        .join(' '),
    ).toBe(areas);
  });

  it('takes the first source that knows: configuration, path, package, top folder', () => {
    const areas = { '**/api/**': ['storefront'], 'src/**': ['shop'] };
    expect(context({ path: 'src/api/a.ts' }, { areas })).toMatchObject({
      featureAreas: ['shop', 'storefront'],
      why: { featureArea: 'areas in the configuration: **/api/**, src/**' },
    });
    expect(context({ path: 'src/api/a.ts', package: 'web' })).toMatchObject({ featureAreas: ['api'] });
    expect(context({ package: '@acme/cart' })).toMatchObject({ featureAreas: ['@acme/cart'] });
    expect(context({})).toMatchObject({ featureAreas: ['src'], why: { featureArea: 'top folder src/' } });
    expect(context({ path: 'main.ts' })).toMatchObject({ featureAreas: [] });
  });

  it('adds api for a route handler and public for what a package shows', () => {
    expect(context({ kinds: ['function', 'route_handler'] }).featureAreas).toEqual(['api']);
    expect(context({ public: true }).featureAreas).toEqual(['src', 'public']);
  });
});

describe('RUL-195 business value', () => {
  it.each<[string, Partial<Entity>, string]>([
    ['configured', { path: 'src/billing/a.ts' }, 'critical'],
    ['a test, whatever it tests', { path: 'tests/api/a.ts', exported: true }, 'low'],
    ['a test by shape', { kinds: ['function', 'test'] }, 'low'],
    ['a fixture', { kinds: ['fixture'] }, 'low'],
    ['generated', { path: 'src/api/a.ts', generated: true, exported: true }, 'low'],
    ['an example', { path: 'examples/api/a.ts', exported: true }, 'low'],
    ['documentation', { path: 'docs/a.ts' }, 'low'],
    ['exported in api', { path: 'src/api/a.ts', exported: true }, 'high'],
    ['exported and public', { public: true, exported: true }, 'high'],
    ['not exported in api', { path: 'src/api/a.ts' }, 'medium'],
    ['called from everywhere', { callers: 8 }, 'high'],
    ['below the threshold', { callers: 7 }, 'medium'],
    ['hidden in lib', { path: 'lib/a.ts', callers: 1 }, 'low'],
    ['used in lib', { path: 'lib/a.ts', callers: 2 }, 'medium'],
    ['exported in lib', { path: 'lib/a.ts', callers: 0, exported: true }, 'medium'],
    ['anything else', {}, 'medium'],
  ])('%s', (_, about, expected) => {
    expect(context(about, { values: { 'src/billing/**': 'critical', 'src/**/b.ts': 'low' } }).businessValue).toBe(
      expected,
    );
  });

  it('needs five callers even where nothing is called often', () => {
    expect(context({ callers: 4 }, { fanInThreshold: 1 }).businessValue).toBe('medium');
    expect(context({ callers: 5 }, { fanInThreshold: 1 }).businessValue).toBe('high');
  });

  it('several globs: the highest, in any order', () => {
    const both = { 'src/**': 'high', '**/*.ts': 'critical' } as const;
    expect(context({}, { values: both }).businessValue).toBe('critical');
    expect(context({}, { values: Object.fromEntries(Object.entries(both).reverse()) }).businessValue).toBe('critical');
  });
});

describe('what else is known', () => {
  it('RUL-193: owners as written, with the line', () => {
    const owners = parseCodeOwners('* @all\nsrc/ @acme/web me@example.com\n');
    expect(context({}, { owners })).toMatchObject({
      owners: ['@acme/web', 'me@example.com'],
      why: { owner: 'CODEOWNERS line 2: src/' },
    });
  });

  it.each<[string, Entity['kinds'], string | null]>([
    ['OrderService', ['class'], 'Service'],
    ['order_repository', ['class'], 'Repository'],
    ['useCart', ['function'], 'Hook'],
    ['Cart', ['component'], 'Component'],
    ['post', ['route_handler'], 'Handler'],
    ['userCart', ['function'], null],
    ['serviceable', ['function'], null],
  ])('RUL-196: %s of kind %j: %s', (name, kinds, expected) => {
    expect(context({ name, kinds }).designPattern).toBe(expected);
  });

  it('RUL-180: the innermost entity around a line', () => {
    const outer = { ...entity, name: 'Cart', startLine: 1, endLine: 50 };
    const inner = { ...entity, name: 'addItem', startLine: 10, endLine: 20 };
    for (const all of [
      [outer, inner],
      [inner, outer],
    ]) {
      expect(entityAt(all, 'src/cart.ts', 15)?.name).toBe('addItem');
      expect(entityAt(all, 'src/cart.ts', 21)?.name).toBe('Cart');
      expect(entityAt(all, 'src/cart.ts', 51)).toBeNull();
      expect(entityAt(all, 'src/other.ts', 15)).toBeNull();
    }
  });

  it('RUL-195: the 90th percentile of fan-in', () => {
    expect(fanInThreshold(Array.from({ length: 100 }, (_, index) => ({ callers: 99 - index })))).toBe(89);
    expect(fanInThreshold([])).toBe(0);
  });
});
