// Faults on demand: what goes wrong with which of the next calls. It must not know what the calls mean.
export type Fault =
  | { kind: 'bad-gateway' }
  /** 403 or 429 with retry-after, as the secondary rate limit answers. */
  | { kind: 'secondary-limit'; retryAfterS: number; status?: 403 | 429 }
  | { kind: 'not-found' }
  /** The connection breaks before anything is done. */
  | { kind: 'drop' }
  /** The call is carried out, but its answer never arrives. */
  | { kind: 'lost-answer' }
  | { kind: 'delay'; ms: number };

export interface PlannedFault {
  fault: Fault;
  /** How many calls are hit. */
  times: number;
  /** Only calls whose "METHOD /path" matches; default all. */
  route?: RegExp;
  /** Calls that pass unharmed first. */
  after?: number;
}

export interface RandomFaults {
  seed: number;
  percent: number;
  route?: RegExp;
}

/** Deterministic numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Faults {
  #planned: PlannedFault[] = [];
  #random: { next: () => number; percent: number; route: RegExp | undefined } | null = null;
  /** How many calls were hit so far. */
  hits = 0;

  plan(fault: PlannedFault): void {
    this.#planned.push({ ...fault });
  }

  random(faults: RandomFaults | null): void {
    this.#random = faults && { next: randomFrom(faults.seed), percent: faults.percent, route: faults.route };
  }

  clear(): void {
    this.#planned = [];
    this.#random = null;
  }

  /** Which fault hits this call, if any. */
  next(call: string): Fault | null {
    const fault = this.#nextPlanned(call) ?? this.#nextRandom(call);
    if (fault) this.hits += 1;
    return fault;
  }

  #nextPlanned(call: string): Fault | null {
    for (const planned of this.#planned) {
      if (planned.times <= 0 || (planned.route && !planned.route.test(call))) continue;
      if (planned.after) {
        planned.after -= 1;
        continue;
      }
      planned.times -= 1;
      return planned.fault;
    }
    return null;
  }

  #nextRandom(call: string): Fault | null {
    const random = this.#random;
    if (!random || (random.route && !random.route.test(call)) || random.next() * 100 >= random.percent) return null;
    const faults: Fault[] = [
      { kind: 'bad-gateway' },
      { kind: 'secondary-limit', retryAfterS: 1 },
      { kind: 'drop' },
      { kind: 'lost-answer' },
      { kind: 'delay', ms: 200 },
    ];
    return faults[Math.floor(random.next() * faults.length)] ?? null;
  }
}
