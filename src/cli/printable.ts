// Text from a repository or from GitHub, made safe for a terminal.

/** Control characters and marks that turn the writing direction must not reach the terminal; each becomes U+FFFD. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
