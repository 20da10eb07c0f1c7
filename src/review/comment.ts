// The text of one inline comment: what happens, how often, why, the fix, how sure, how to silence it.
import type { Finding, Place } from '../finding.ts';
import { diffText } from './edit.ts';
import { block, code, cut, plain, prose } from './markdown.ts';
import { findingMarker } from './marker.ts';
import { ruleLink, ruleText } from './rule.ts';

/** ANA-325: longer comments are not read. The marker and the foot always stay whole. */
const bodyLimit = 1_800;

/** Longer lines are not worth a place in a comment. */
const editLimit = 800;

/**
 * `suggested`: the comment stands on the very lines that the finding's edit replaces, so GitHub can apply it;
 * else the edit is shown folded.
 */
export function commentBody(finding: Finding, suggested = false): string {
  const rule = ruleText(finding);
  const head = `${findingMarker(finding.id)}\n**${plain(rule.name)}:** ${prose(finding.title)}`;
  const foot = footOf(finding);
  const middle = [prose(finding.message), whereOf(finding), finding.fix === '' ? '' : `**Fix:** ${prose(finding.fix)}`]
    .filter((part) => part !== '')
    .join('\n\n');
  const edit = editOf(finding, suggested);
  const room = bodyLimit - head.length - foot.length - edit.length - 6;
  return [head, cut(middle, room, ' …'), edit, foot].filter((part) => part !== '').join('\n\n');
}

function editOf({ edit, place }: Finding, suggested: boolean): string {
  if (edit === null || edit.before.length + edit.after.length > editLimit) return '';
  if (suggested) return block(edit.after, 'suggestion');
  const title = `The edit in line ${edit.place.startLine} of ${plain(place.path)}`;
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
