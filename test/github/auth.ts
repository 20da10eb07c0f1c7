// Who calls, and whether they may: App JWTs, installation tokens, permissions. It must not know single routes.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { AppIdentity, State, Token } from './state.ts';

const LEVELS = ['none', 'read', 'write', 'admin'];

export function allows(granted: string | undefined, needed: string): boolean {
  return LEVELS.indexOf(granted ?? 'none') >= LEVELS.indexOf(needed);
}

function part(text: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** GitHub's reason for refusing an App's JWT; null when it is good. */
export function refuseJwt(app: AppIdentity, jwt: string): string | null {
  const [head, body, signature] = jwt.split('.');
  if (!head || !body || !signature) return 'A JSON web token could not be decoded';
  try {
    if (part(head).alg !== 'RS256') return 'A JSON web token could not be decoded';
    const key = createPublicKey(app.publicKey);
    const good = verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (!good) return 'A JSON web token could not be decoded';
    const { iss, iat, exp } = part(body);
    const nowS = Date.now() / 1000;
    if (String(iss) !== String(app.id)) return "'Issuer' claim ('iss') must be an Integer";
    if (typeof iat !== 'number' || iat > nowS + 5) return "'Issued at' claim ('iat') must be in the past";
    if (typeof exp !== 'number' || exp < nowS) return "'Expiration time' claim ('exp') must be in the future";
    if (exp > nowS + 605) return "'Expiration time' claim ('exp') is too far in the future";
    return null;
  } catch {
    return 'A JSON web token could not be decoded';
  }
}

export interface TokenRequest {
  repositories?: string[];
  repository_ids?: number[];
  permissions?: Record<string, string>;
}

/** Issues an installation token, narrowed as asked; a string is GitHub's reason to refuse. */
export function issueToken(state: State, request: TokenRequest): Token | string {
  const { app } = state;
  for (const [name, level] of Object.entries(request.permissions ?? {})) {
    if (!allows(app.permissions[name], level)) return 'The permissions requested are not granted to this installation.';
  }
  const all = [...state.repositories.values()];
  const byName = request.repositories?.map((name) => all.find((r) => r.name === name)?.id);
  const byId = request.repository_ids?.map((id) => all.find((r) => r.id === id)?.id);
  const wanted = byName || byId ? [...(byName ?? []), ...(byId ?? [])] : null;
  if (wanted?.includes(undefined)) {
    return 'There is at least one repository that does not exist or is not accessible to the parent installation.';
  }
  const token: Token = {
    // The longer format of 2026: nothing may count on forty characters.
    value: `ghs_${app.id}_${randomBytes(190).toString('base64url')}`,
    expiresAt: Date.now() + 3_600_000,
    permissions: { metadata: 'read', ...(request.permissions ?? app.permissions) },
    repositories: wanted ? new Set(wanted.filter((id) => id !== undefined)) : null,
  };
  state.tokens.set(token.value, token);
  return token;
}

/** The installation token behind an Authorization header, in any of the ways GitHub takes one. */
export function tokenOf(state: State, header: string | undefined): Token | null {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  let secret = value;
  if (scheme.toLowerCase() === 'basic') {
    const [name, ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
    if (name !== 'x-access-token') return null;
    secret = rest.join(':');
  }
  const token = state.tokens.get(secret);
  return token && token.expiresAt > Date.now() && !state.suspendedAt ? token : null;
}
