// A worker as a process of its own for tests: short locks, and it ends itself with SIGKILL at KILL_AT, which is a step
// of the review or `METHOD route` of an API call that has just been answered.
import { exitSoon, untilToldToStop } from '../../src/cli/stop.ts';
import { startReviewing } from '../../src/cli/worker.ts';
import { readEnvironment } from '../../src/config.ts';
import { fast, log } from './house.ts';
import { touchyEngine } from './touchy-engine.ts';

const killAt = process.env.KILL_AT;
const dieAt = (point: string) => {
  if (point === killAt) process.kill(process.pid, 'SIGKILL');
};
const config = readEnvironment(process.env);
const worker = await startReviewing(config, {
  ...fast,
  log,
  redisUrl: config.redisUrl ?? '',
  engine: touchyEngine,
  github: { ...fast.github, onCall: ({ method, route }) => dieAt(`${method} ${route}`) },
  onStep: dieAt,
});
await untilToldToStop();
await worker.stop();
exitSoon();
