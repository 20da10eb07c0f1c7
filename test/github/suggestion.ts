// What one click on a suggestion does: the lines that the comment stands on give way to the text of the block, and
// nothing else is looked at. It must not know how a suggestion is made.

/** The text between the fences; null when the comment has no suggestion. Without a line it is empty. */
export function suggestionOf(body: string): string[] | null {
  const lines = body.split('\n');
  const start = lines.findIndex((line) => /^`{3,}suggestion\s*$/.test(line));
  if (start < 0) return null;
  const fence = /^`+/.exec(lines[start] ?? '')?.[0] ?? '';
  const length = lines.slice(start + 1).findIndex((line) => /^`+\s*$/.test(line) && line.trim().length >= fence.length);
  return length < 0 ? null : lines.slice(start + 1, start + 1 + length);
}

/** 1-based lines, both included. */
export function withSuggestion(text: string, startLine: number, line: number, block: readonly string[]): string {
  const lines = text.split('\n');
  lines.splice(startLine - 1, line - startLine + 1, ...block);
  return lines.join('\n');
}
