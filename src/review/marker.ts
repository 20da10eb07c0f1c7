// Hidden marks by which Driftline knows its own comments again. They are trusted only in comments
// whose author is the App itself (the caller checks that), and only on the first line, so that
// quoted or pasted text never counts.

const finding = /^<!-- driftline:(df1_[0-9a-f]{32}) -->(?:\r?\n|$)/;
const review = /^<!-- driftline:review ([0-9a-f]{40,64}) -->(?:\r?\n|$)/;

const answer = /^<!-- driftline:answer ([A-Za-z0-9-]{1,100}) -->(?:\r?\n|$)/;

export function findingMarker(findingId: string): string {
  return `<!-- driftline:${findingId} -->`;
}

export function reviewMarker(headSha: string): string {
  return `<!-- driftline:review ${headSha} -->`;
}

/** `key`: of letters, digits and hyphens, at most 100. */
export function answerMarker(key: string): string {
  return `<!-- driftline:answer ${key} -->`;
}

/** The command that a comment body answers, or null. */
export function answerOf(body: string): string | null {
  return answer.exec(body)?.[1] ?? null;
}

/** The finding a comment body was written for, or null. */
export function findingOf(body: string): string | null {
  return finding.exec(body)?.[1] ?? null;
}

/** What people see of a comment of ours, with line ends as we write them. */
export function bodyAfterMarker(body: string): string {
  return body.replace(finding, '').replaceAll('\r\n', '\n').trimEnd();
}

/** The head a review body was written for, or null. */
export function reviewedHeadOf(body: string): string | null {
  return review.exec(body)?.[1] ?? null;
}
