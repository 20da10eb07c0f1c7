// The shop the demo reviews, and where its pull request really asks the database once for each element.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

function readTree(folder: string): Record<string, string> {
  const root = join(import.meta.dirname, folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    paths.map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

export const base = readTree('base');
export const head = readTree('head');

export const pullRequest = {
  branch: 'winter-sale',
  title: 'Winter sale: vouchers, stock count, recently seen',
  author: 'mona',
  body: [
    'What the winter sale needs:',
    '',
    '- **Vouchers:** `loyal_customers` lists who ordered for more than 100 EUR lately',
    '- **Stock count:** reads the nightly count of the warehouse and says what is off',
    '- **Product feed** for the price-comparison sites',
    '- **Checkout** tells which products a cart asks too many of; the front page shows what was seen recently',
  ].join('\n'),
};

/** The three queries in loops. The other files only look like it, or do it right. */
const queries: [path: string, code: string][] = [
  ['backend/orders/reports.py', 'orders.aggregate('],
  ['backend/stock/importer.py', 'StockLevel.objects.get('],
  ['web/src/cart.ts', 'prisma.stock.findUnique('],
];

/** `path:line` of each query a good review comments on, in order. */
export function expectedPlaces(): string[] {
  return queries.map(([path, code]) => {
    const line = (head[path] ?? '').split('\n').findIndex((text) => text.includes(code));
    if (line < 0) throw new Error(`the sample has no ${code} in ${path}`);
    return `${path}:${line + 1}`;
  });
}
