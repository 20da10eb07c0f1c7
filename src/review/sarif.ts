// Findings as SARIF 2.1.0, as GitHub code scanning reads it (github.md E7). Pure and deterministic.
import type { Fix, Location, Log, ReportingDescriptor, Result } from 'sarif';
import type { Edit, Finding, Level, Place, Report } from '../finding.ts';
import { compareLevel, levelTable } from './level.ts';
import { ruleLink, ruleText } from './rule.ts';
import { byPlace } from './select.ts';

/** GitHub keeps the top 5,000 results of a run. */
const resultsLimit = 5_000;
const tagsLimit = 10;

export interface SarifOptions {
  version: string;
  /** Report `baselineState: new`; true for a change, false for a scan. */
  newOnly: boolean;
}

export function sarifLog(report: Report, { version, newOnly }: SarifOptions): Log {
  const findings = [...report.findings].sort(byPlace).slice(0, resultsLimit);
  const ruleIds = [...new Set(findings.map((finding) => finding.ruleId))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'driftline',
            semanticVersion: version,
            informationUri: 'https://github.com/driftline/driftline',
            rules: ruleIds.map((id) => descriptorOf(id, findings)),
          },
        },
        automationDetails: { id: 'driftline/' },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.skipped.map(({ path, reason, detail }) => ({
              level: 'note',
              message: { text: `Not analysed: ${reason}${detail === '' ? '' : `, ${detail}`}` },
              locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) } } }],
            })),
          },
        ],
        results: findings.map((finding) => resultOf(finding, ruleIds.indexOf(finding.ruleId), newOnly)),
      },
    ],
  };
}

function descriptorOf(id: string, findings: readonly Finding[]): ReportingDescriptor {
  const own = findings.filter((finding) => finding.ruleId === id).sort((a, b) => compareLevel(a.level, b.level));
  const [first] = own;
  const text = ruleText(first ?? { ruleId: id, rule: null });
  const level = first?.level ?? 'warn';
  const link = first === undefined ? null : ruleLink(first);
  return {
    id,
    name: text.name,
    shortDescription: { text: text.summary },
    fullDescription: { text: text.summary },
    ...(link === null ? {} : { helpUri: link }),
    help: { text: text.help, markdown: [text.help, ...text.tags.flatMap(weaknessLink)].join('\n\n') },
    defaultConfiguration: { level: levelTable[level].sarif },
    properties: {
      tags: text.tags.map(sarifTag).slice(0, tagsLimit),
      precision: 'high',
      // GitHub weighs a rule by this number only where `security` is among its tags.
      ...(text.tags.includes('security') ? { 'security-severity': securitySeverity[level] } : {}),
    },
  };
}

/** As GitHub reads them: above 9.0 critical, from 4.0 medium, below it low. A team that blocks on it finds it critical. */
const securitySeverity: Record<Level, string> = { block: '9.5', warn: '6.0', suggest: '3.0' };

const weakness = /^CWE-(\d+)$/;

/** Code scanning filters by such tags. */
function sarifTag(tag: string): string {
  const number = weakness.exec(tag)?.[1];
  return number === undefined ? tag : `external/cwe/cwe-${number}`;
}

function weaknessLink(tag: string): string[] {
  const number = weakness.exec(tag)?.[1];
  return number === undefined ? [] : [`[${tag}](https://cwe.mitre.org/data/definitions/${number}.html)`];
}

function resultOf(finding: Finding, ruleIndex: number, newOnly: boolean): Result {
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levelTable[finding.level].sarif,
    message: { text: messageOf(finding) },
    locations: [locationOf(finding.place)],
    relatedLocations: finding.related.map(({ place, message, role }, id) => ({
      id,
      ...locationOf(place),
      message: { text: `${role}: ${message}` },
    })),
    partialFingerprints: {
      'driftlineFindingId/v1': finding.id,
      // Code scanning compares this one only, and does not compute it for API uploads (G33).
      primaryLocationLineHash: `${finding.id.slice('df1_'.length, 'df1_'.length + 16)}:1`,
    },
    ...(finding.edit === null ? {} : { fixes: [fixOf(finding.fix, finding.edit)] }),
    ...(newOnly ? { baselineState: baselineOf(finding) } : {}),
    properties: {
      confidence: finding.confidence,
      certainty: finding.certainty,
      severity: finding.severity,
      ...(finding.orm === '' ? {} : { orm: finding.orm }),
    },
  };
}

function messageOf({ title, message, fix }: Finding): string {
  return `${title}.${message === '' ? '' : ` ${message}`}${fix === '' ? '' : ` Fix: ${fix}`}`;
}

/** What a rule reports although it stood before was asked for by `rules.report`. */
function baselineOf({ newness }: Finding): 'new' | 'unchanged' {
  return newness === 'new' || newness === 'caused' ? 'new' : 'unchanged';
}

function fixOf(description: string, { place, after }: Edit): Fix {
  const { startLine, startColumn, endLine, endColumn } = place;
  // Lines that go take their line break along.
  const end = after === '' ? { endLine: endLine + 1, endColumn: 1 } : { endLine, endColumn };
  return {
    description: { text: description },
    artifactChanges: [
      {
        artifactLocation: { uri: uriOf(place.path), uriBaseId: '%SRCROOT%' },
        replacements: [{ deletedRegion: { startLine, startColumn, ...end }, insertedContent: { text: after } }],
      },
    ],
  };
}

function locationOf(place: Place): Location {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(place.path), uriBaseId: '%SRCROOT%' },
      region: {
        startLine: place.startLine,
        startColumn: place.startColumn,
        endLine: place.endLine,
        endColumn: place.endColumn,
        byteOffset: place.startByte,
        byteLength: place.endByte - place.startByte,
      },
    },
  };
}

/** A relative URI reference: each segment percent-encoded, slashes kept. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
