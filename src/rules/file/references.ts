// What a rule's `metadata` says of where to read more: the weaknesses it is about, and a page. Pure. Authors write both in
// many ways; what cannot be read is left out, since no finding depends on it.

const weaknessesMax = 10;
const urlMax = 2_000;

/** `cwe: CWE-89`, or a list of such, each perhaps with words behind; null without any. */
export function weaknesses(metadata: unknown): string[] | null {
  const written = [field(metadata, 'cwe')].flat();
  const numbers = written.flatMap((one) =>
    typeof one === 'string' ? (/\bCWE-0*([1-9]\d{0,4})\b/i.exec(one)?.[1] ?? []) : [],
  );
  const ids = [...new Set(numbers.map((number) => `CWE-${number}`))].slice(0, weaknessesMax);
  return ids.length === 0 ? null : ids;
}

/** The first page that is named: by `candidates`, then by `source` and `references` of the metadata. */
export function pageOf(metadata: unknown, candidates: readonly unknown[] = []): string | null {
  for (const one of [...candidates, field(metadata, 'source'), field(metadata, 'references')].flat()) {
    const url = typeof one === 'string' ? URL.parse(one) : null;
    // Round brackets would end a link in Markdown.
    const page = url?.protocol === 'https:' ? url.href.replaceAll('(', '%28').replaceAll(')', '%29') : null;
    if (page !== null && page.length <= urlMax) return page;
  }
  return null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
