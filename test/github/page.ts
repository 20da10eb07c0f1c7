// Pages of the fake, for the demo.
import type { Hono } from 'hono';
import type { Env, World } from './api.ts';

export function mountPages(_world: World, app: Hono<Env>): void {
  app.get('/', (c) => c.text('fake GitHub'));
}
