// Text from a repository or from GitHub, made safe for a terminal and for the log of a CI job.

/**
 * Control characters and marks that turn the writing direction must not reach the terminal; each becomes U+FFFD. And
 * `##[`, which GitHub Actions (Azure: `##vso[`) takes for a command anywhere in a line, is broken by a mark of no width.
 */
export function printable(text: string): string {
  const unmarked = text.replace(/##(?=\w*\[)/g, '##\u200b');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return unmarked.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
