// Waits until somebody wants this process to end: a signal, or the parent that started it being gone.

export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    // Started by `serve` with a channel: its end is the end of `serve`, however that came about.
    process.once('disconnect', () => resolve());
  });
}
