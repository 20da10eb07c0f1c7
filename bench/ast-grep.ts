// The yardstick: ast-grep with a rule for each language that asks for the shape of the same mistake (a call with
// the name of a query in a loop). It parses and matches, and knows neither other files nor what a value is.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

interface Shape {
  call: string;
  /** Field of the call that holds the name. */
  field: string;
  loops: string[];
}

const ecma: Shape = {
  call: 'call_expression',
  field: 'function',
  loops: ['for_statement', 'for_in_statement', 'while_statement', 'arrow_function'],
};

const shapes: Record<string, Shape> = {
  python: { call: 'call', field: 'function', loops: ['for_statement', 'while_statement', 'list_comprehension'] },
  ruby: { call: 'call', field: 'method', loops: ['for', 'while', 'block', 'do_block'] },
  java: {
    call: 'method_invocation',
    field: 'name',
    loops: ['for_statement', 'enhanced_for_statement', 'lambda_expression'],
  },
  csharp: {
    call: 'invocation_expression',
    field: 'function',
    loops: ['for_statement', 'foreach_statement', 'lambda_expression'],
  },
  typescript: ecma,
  tsx: ecma,
  javascript: ecma,
};

const names = {
  reads:
    '(^|\\.)(find|find_by|findOne|findMany|findFirst|findUnique|findById|get|first|all|where|filter|select|query|execute|Find|First|Single|ToList)(Async)?$',
  writes: '(^|\\.)(save|create|update|delete|insert|destroy|Add|Update|Remove|SaveChanges)(Async)?$',
};

/** Writes the rules; gives the path of the configuration. */
export async function writeRules(folder: string): Promise<string> {
  await mkdir(path.join(folder, 'rules'), { recursive: true });
  for (const [language, shape] of Object.entries(shapes)) {
    for (const [what, regex] of Object.entries(names)) {
      await writeFile(
        path.join(folder, 'rules', `${language}-${what}.yml`),
        rule(`${language}-${what}`, language, shape, regex),
      );
    }
  }
  const config = path.join(folder, 'sgconfig.yml');
  await writeFile(config, 'ruleDirs: [rules]\n');
  return config;
}

function rule(id: string, language: string, { call, field, loops }: Shape, regex: string): string {
  return `id: ${id}
language: ${language}
message: a query in a loop
severity: warning
rule:
  kind: ${call}
  has: { field: ${field}, regex: '${regex}' }
  inside:
    stopBy: end
    any: [${loops.map((kind) => `{ kind: ${kind} }`).join(', ')}]
`;
}
