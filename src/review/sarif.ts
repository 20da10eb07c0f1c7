// Findings as SARIF 2.1.0, as GitHub code scanning reads it (github.md E7). Pure and deterministic.
import type { Fix, Location, Log, ReportingDescriptor, Result } from 'sarif';
import type { Edit, Finding, Place, Report } from '../finding.ts';
import { levelTable } from './level.ts';
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
  const first = findings.find((finding) => finding.ruleId === id);
  const text = ruleText(first ?? { ruleId: id, rule: null });
  const level = first?.level ?? 'warn';
  const link = first === undefined ? null : ruleLink(first);
  return {
    id,
    name: text.name,
    shortDescription: { text: text.summary },
    fullDescription: { text: text.summary },
    ...(link === null ? {} : { helpUri: link }),
    help: { text: text.help, markdown: text.help },
    defaultConfiguration: { level: levelTable[level].sarif },
    properties: { tags: text.tags.slice(0, tagsLimit), precision: 'high' },
  };
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
