// Waits until somebody wants this process to end: a signal, or the parent that started it being gone; and leaves.

export async function untilToldToStop(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Not `once`: npm passes a Ctrl-C on a second time, which must not cut the stop short.
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
    // Started with a channel, by `serve` say: its end is the end of the starter, however that came about, and it may
    // have come while this process was still starting.
    process.once('disconnect', () => resolve());
    if (process.connected === false) resolve();
  });
  // An open channel would keep this process alive when all else is closed.
  if (process.connected) process.disconnect();
}

/** Everything is closed. Should a connection still try to come back, it does not keep the process. */
export function exitSoon(): void {
  setTimeout(() => process.exit(0), 500).unref();
}
