// The text of one inline comment: what happens, how often, why, the fix, how sure, how to silence it.
import type { Finding, Place } from '../finding.ts';
import { diffText, isShown, type Refusal, suggestionBlock } from './edit.ts';
import { block, code, cut, plain, prose } from './markdown.ts';
import { findingMarker } from './marker.ts';
import { ruleLink, ruleText } from './rule.ts';

/** ANA-325: longer comments are not read. The marker and the foot always stay whole. */
const bodyLimit = 1_800;

/**
 * `refusal`: null when the comment stands on the very lines that the finding's edit replaces, so that GitHub can apply
 * it; else why not, and the edit is shown folded (RUL-422). Without an edit it says nothing.
 */
export function commentBody(finding: Finding, refusal: Refusal | null = null): string {
  const rule = ruleText(finding);
  const head = `${findingMarker(finding.id)}\n**${plain(rule.name)}:** ${prose(finding.title)}`;
  const foot = footOf(finding);
  const middle = [prose(finding.message), whereOf(finding), finding.fix === '' ? '' : `**Fix:** ${prose(finding.fix)}`]
    .filter((part) => part !== '')
    .join('\n\n');
  const edit = editOf(finding, refusal);
  const room = bodyLimit - head.length - foot.length - edit.length - 6;
  return [head, cut(middle, room, ' …'), edit, foot].filter((part) => part !== '').join('\n\n');
}

function editOf({ edit }: Finding, refusal: Refusal | null): string {
  if (edit === null || !isShown(edit)) return '';
  if (refusal === null) return suggestionBlock(edit);
  const title = `The edit in line ${edit.place.startLine} of ${plain(edit.place.path)}, not directly applicable: ${refusal}`;
  return `<details><summary>${title}</summary>\n\n${block(diffText(edit), 'diff')}\n\n</details>`;
}

/** The places that make the finding, when the reader cannot see them on the anchored line itself. */
function whereOf(finding: Finding): string {
  const { place: site, anchorPath, anchorLine } = finding;
  const here = anchorPath ?? site.path;
  const at = (role: string, place: Place, message: string) => {
    const file = place.path === here ? '' : ` of ${code(place.path)}`;
    return `- ${role}, line ${place.startLine}${file}: ${prose(message)}`;
  };
  const steps = finding.related
    .filter(({ role, place }) => role !== 'cause' && (place.path !== here || place.startLine !== anchorLine))
    .map(({ role, place, message }) => at(role, place, message));
  if (site.path !== here) steps.unshift(at('found', site, `\`${finding.code.replaceAll('`', "'")}\``));
  return steps.slice(0, 5).join('\n');
}

function footOf(finding: Finding): string {
  const why = finding.factors.map((factor) => plain(factor.reason)).join('; ');
  const link = ruleLink(finding);
  return [
    `<sub>${link === null ? code(finding.ruleId) : `[${code(finding.ruleId)}](${link})`}`,
    `${finding.certainty} (${finding.confidence.toFixed(2)}${why === '' ? '' : `: ${why}`})`,
    silencedBy(finding),
    `${code(finding.id.slice(0, 12))}</sub>`,
  ].join(' · ');
}

/** The ignore comment of the engine behind the finding. One that a change brings along does not silence what blocks. */
function silencedBy({ engine, level, ruleId }: Finding): string {
  if (engine === 'n-plus-one') {
    const family = ruleId.split('/')[0] ?? ruleId;
    return `silence it with a comment ${code(`driftline-ignore ${family}: reason`)} on the line or the line above`;
  }
  if (level === 'block') return 'it blocks, so an ignore comment counts only once it is on the base branch';
  return engine === 'ast-grep'
    ? `silence it with a comment ${code(`ast-grep-ignore: ${ruleId}`)} on the line or the line above`
    : `silence it with a comment ${code(`nosemgrep: ${ruleId}`)} on its first line or the line above`;
}
