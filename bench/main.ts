// `npm run bench -- NAME`: measurements that stand in the docs. Each is a file of its own here.
import { benchWebhooks } from './webhooks.ts';

const benches: Record<string, (args: string[]) => Promise<void>> = { webhooks: benchWebhooks };

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`Which one? npm run bench -- ${Object.keys(benches).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  await bench(args);
}
