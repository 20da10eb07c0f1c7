// Waits until somebody wants this process to end: a signal, or the parent that started it being gone; and leaves.

export async function untilToldToStop(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    // Started by `serve` with a channel: its end is the end of `serve`, however that came about.
    process.once('disconnect', () => resolve());
  });
  // An open channel would keep this process alive when all else is closed.
  if (process.connected) process.disconnect();
}

/** Everything is closed. Should a connection still try to come back, it does not keep the process. */
export function exitSoon(): void {
  setTimeout(() => process.exit(0), 500).unref();
}
