// Rules as tests need them: a valid one, with what a test cares about in place of the defaults.
import { RuleDoc, type RuleInput } from '../../src/rules/document.ts';
import type { Subject } from '../../src/rules/resolve.ts';

export function uuid(number: number): string {
  return `rule_00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
}

export const input: RuleInput = {
  id: uuid(1),
  orgId: 'acme',
  repoId: 'shop',
  title: 'Use ESM imports',
  description: 'One module system.',
  type: 'convention',
  scope: 'repo',
  enforcement: 'warn',
  status: 'active',
  createdBy: '42',
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

export function rule(overrides: Partial<RuleInput> = {}): RuleDoc {
  const scoped = overrides.scope === 'org' ? { repoId: null } : {};
  return RuleDoc.parse({ ...input, ...scoped, ...overrides });
}

export const subject: Subject = {
  orgId: 'acme',
  repoId: 'shop',
  branch: 'main',
  userId: '7',
  filePath: 'src/cart.ts',
  entityKinds: null,
  audience: 'agent',
  statuses: ['active'],
};
