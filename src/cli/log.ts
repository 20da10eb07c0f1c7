// The log of a server process: JSON for machines, short lines on a terminal. Ids and numbers, never tokens or contents.
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

export function createLog(level: string): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    redact: ['*.token', '*.password', '*.privateKey', '*.webhookSecret', '*.headers.authorization', '*.event.payload'],
  };
  return process.stderr.isTTY ? pino(options, lines()) : pino(options, pino.destination({ dest: 2, sync: true }));
}

function lines(): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      const { level, time, msg, pid: _pid, err, ...rest } = JSON.parse(String(chunk));
      const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      const why = err?.message === undefined ? [] : [`(${err.message})`];
      const clock = new Date(time).toISOString().slice(11, 19);
      process.stderr.write(`${[clock, pino.levels.labels[level], msg, ...fields, ...why].join(' ')}\n`, done);
    },
  });
}
