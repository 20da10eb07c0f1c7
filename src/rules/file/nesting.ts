// How deep YAML nests, told from its tokens before anything recursive reads it. Pure.
// The YAML library composes recursively and catches the stack overflow, which Node.js 24 survives; Node.js 20 was seen to end
// the process instead, inside its compiler of regular expressions. So depth is not left to a catch.
import { CST, Lexer } from 'yaml';

export interface Nesting {
  /** Line on which the bound was passed. */
  line: number;
  exceeded: 'depth' | 'documents';
}

/**
 * Where a text passes `maxDepth` open collections or `maxDocuments` documents, or null. A list may stand in the same
 * column as the key it belongs to, so the true depth is at most twice the bound.
 */
export function nestingBeyond(text: string, maxDepth: number, maxDocuments: number): Nesting | null {
  const columns: number[] = [];
  let flow = 0;
  let documents = 0;
  let line = 1;
  let column = 0;
  let atLineStart = true;
  let isScalarText = false;
  const open = () => {
    while ((columns.at(-1) ?? -1) >= column) columns.pop();
    columns.push(column);
  };
  for (const token of new Lexer().lex(text)) {
    const type: string | null = isScalarText ? 'scalar-text' : CST.tokenType(token);
    isScalarText = type === 'scalar';
    // Marks of the lexer itself, which are not part of the text.
    if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'doc-start') {
      documents += 1;
      columns.length = 0;
      flow = 0;
    } else if (type === 'flow-seq-start' || type === 'flow-map-start') {
      flow += 1;
    } else if (type === 'flow-seq-end' || type === 'flow-map-end') {
      flow = Math.max(0, flow - 1);
    } else if (flow === 0 && (type === 'seq-item-ind' || type === 'explicit-key-ind' || startsKey(type, atLineStart))) {
      open();
    }
    if (columns.length + flow > maxDepth) return { line, exceeded: 'depth' };
    if (documents > maxDocuments) return { line, exceeded: 'documents' };
    const lastBreak = token.lastIndexOf('\n');
    if (lastBreak >= 0) line += token.split('\n').length - 1;
    column = lastBreak >= 0 ? token.length - lastBreak - 1 : column + token.length;
    atLineStart = lastBreak >= 0 || (atLineStart && type === 'space') || type === 'seq-item-ind';
  }
  return null;
}

function startsKey(type: string | null, atLineStart: boolean): boolean {
  return atLineStart && type !== 'space' && type !== 'newline' && type !== 'comment';
}
