// `npm run bench -- NAME`: measurements that stand in the docs. Each is a file of its own here.
import { benchInstructions } from './instructions.ts';
import { benchN1 } from './n1.ts';
import { benchWebhooks } from './webhooks.ts';

const benches: Record<string, (args: string[]) => Promise<void>> = {
  instructions: benchInstructions,
  n1: benchN1,
  webhooks: benchWebhooks,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`Which one? npm run bench -- ${Object.keys(benches).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  await bench(args);
}
