// The version of this copy of Driftline, from its package.json.
import { readFileSync } from 'node:fs';

export function version(): string {
  // From a checkout this file is src/cli/version.ts; built, it is dist/src/cli/version.js.
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')).version);
    } catch {
      // Look one folder higher.
    }
  }
  return '0.0.0';
}
