// What set-up says, all on stderr: one line for each finished step, and on a terminal a running clock below them.
const isTerminal = process.stderr.isTTY === true;

export function createProgress(quiet) {
  const running = new Map();
  let clock = null;
  const say = (line) => process.stderr.write(`${isTerminal ? '\r\u001b[K' : ''}${line}\n`);
  const tick = () => {
    const parts = [...running].map(([name, since]) => `${name} (${seconds(since)} s)`);
    if (parts.length > 0) process.stderr.write(`\r\u001b[K… ${parts.join(', ')}`);
  };
  return {
    fresh(name) {
      if (!quiet) say(`✓ ${name} (nothing to do)`);
    },
    note(text) {
      say(`· ${text}`);
    },
    fail(what, cure) {
      say(`✗ ${what}\n  cure: ${cure}`);
    },
    async during(name, act) {
      const since = Date.now();
      running.set(name, since);
      if (isTerminal) clock ??= setInterval(tick, 1000);
      try {
        await act();
        running.delete(name);
        say(`✓ ${name} (${seconds(since)} s)`);
      } finally {
        running.delete(name);
      }
    },
    end() {
      if (clock !== null) clearInterval(clock);
    },
  };
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000);
}
