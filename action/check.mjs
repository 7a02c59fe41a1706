/**
 * The step of the action that checks: runs the installed command line once for the findings, and once for each rehearsal. Inputs are in the
 * environment, and never part of a shell's command. Texts from a snapshot are escaped wherever GitHub would obey them.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, execPath } from 'node:process';

const home = env.RUNNER_TEMP ?? tmpdir();
const program = join(home, 'stable-memory/node_modules/stable-memory/dist/stable-memory.mjs');

/** Maximum findings in the summary, and among the annotations. GitHub shows only the first few. */
const MAX_LISTED = 50;
/** Exit status if the input cannot be used. */
const UNUSABLE = 2;

const temporary = mkdtempSync(join(home, 'stable-memory-check-'));
try {
  process.exitCode = main();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** Returns the exit status. */
function main() {
  const snapshots = input('SNAPSHOT')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (snapshots.length === 0) return refuse('The input "snapshot" is empty. Name a snapshot folder or file.');
  if (!existsSync(program)) return refuse(`${program} is not there. The step that installs it has failed.`);

  const options = ['lock', 'baseline', 'labels', 'fail-on'].flatMap(optionOf);
  const log = join(temporary, 'findings.sarif');
  const checked = run(['check', ...snapshots, '--format', 'sarif', ...options], log);
  if (checked !== 0 && checked !== 1) return finish(checked, {});

  const findings = findingsIn(log);
  if (input('ANNOTATIONS') !== 'false') for (const finding of findings.slice(0, MAX_LISTED)) console.log(annotationOf(finding));
  const sarif = input('SARIF');
  if (sarif !== '') {
    mkdirSync(dirname(sarif), { recursive: true });
    copyFileSync(log, sarif);
  }
  const rehearsals = input('WASM') === '' ? [] : snapshots.map(rehearse);
  const status = Math.max(checked, ...rehearsals.map((rehearsal) => rehearsal.status));
  summarize(findings, rehearsals, status);
  return finish(status, { ...countsOf(findings), sarif, rehearsal: outcomeOf(rehearsals) });
}

function input(name) {
  return env[name] ?? '';
}

/** Returns an option of the command line with the value of an input, if that is set. */
function optionOf(name) {
  const value = input(name.toUpperCase().replace('-', '_'));
  return value === '' ? [] : [`--${name}`, value];
}

/** Runs a command and writes its output into a file. Returns the exit status. */
function run(words, output) {
  const file = openSync(output, 'w');
  try {
    const { status, stderr, error } = spawnSync(execPath, [program, ...words], {
      stdio: ['ignore', file, 'pipe'],
      encoding: 'utf8',
    });
    for (const line of (error?.message ?? stderr).split('\n')) if (line !== '') console.error(`> ${line}`);
    return status ?? UNUSABLE;
  } finally {
    closeSync(file);
  }
}

function findingsIn(log) {
  const { runs } = JSON.parse(readFileSync(log, 'utf8'));
  return runs
    .flatMap(({ results }) => results)
    .map(({ ruleId: code, level, message, locations: [{ physicalLocation, logicalLocations }] }) => ({
      code,
      level,
      message: message.text,
      part: logicalLocations[0].fullyQualifiedName,
      file: physicalLocation.artifactLocation.uri,
      line: physicalLocation.region.startLine,
    }));
}

/** Returns a finding as a command of the runner, which shows it as an annotation. */
function annotationOf({ code, level, message, part, file, line }) {
  const command = level === 'note' ? 'notice' : level;
  const properties = { file, line: String(line), title: `${code} in ${part}` };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${command} ${list.join(',')}::${escapeData(message)}`;
}

function escapeData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text) {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Rehearses the upgrade of a snapshot. */
function rehearse(snapshot) {
  const report = join(temporary, 'rehearsal.json');
  const status = run(['rehearse', snapshot, '--wasm', input('WASM'), ...optionOf('arg'), '--json'], report);
  if (status !== 0 && status !== 1) return { snapshot, status, hooks: [] };
  const { hooks } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { hook, outcome, error } of hooks) {
    if (outcome === 'trapped')
      console.log(`::error title=The upgrade fails::${escapeData(`${hook} of ${snapshot}: ${error ?? 'it trapped'}`)}`);
  }
  return { snapshot, status, hooks };
}

function outcomeOf(rehearsals) {
  if (rehearsals.length === 0) return '';
  return rehearsals.every(({ status }) => status === 0) ? 'succeeded' : 'failed';
}

function countsOf(findings) {
  const count = (level) => findings.filter((finding) => finding.level === level).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}

/** Writes what was found into the summary of the job. */
function summarize(findings, rehearsals, status) {
  const { errors, warnings, notes } = countsOf(findings);
  const others = findings.length - MAX_LISTED;
  const lines = [
    `## Stable memory: ${status === 0 ? 'passed' : 'failed'}`,
    '',
    `Errors: ${errors} · warnings: ${warnings} · notes: ${notes}`,
    '',
    ...(findings.length === 0 ? [] : ['| severity | finding | part | message |', '|---|---|---|---|']),
    ...findings
      .slice(0, MAX_LISTED)
      .map(({ level, code, part, message }) => `| ${[level, code, part, message].map(escapeCell).join(' | ')} |`),
    ...(others > 0 ? ['', `… and ${others} more.`] : []),
    ...rehearsals.map(
      ({ snapshot, status: own }) => `\nUpgrade of ${escapeCell(snapshot)}: ${own === 0 ? 'succeeds' : '**fails**'}.`,
    ),
    '',
  ];
  append('GITHUB_STEP_SUMMARY', `${lines.join('\n')}\n`);
}

/** Returns a text for a cell of a table, with everything escaped that Markdown or HTML would obey. */
function escapeCell(text) {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|~&@-]/g, (character) => `&#${character.codePointAt(0)};`).replaceAll(/\s+/g, ' ');
}

/** Writes the outputs, and returns the exit status. */
function finish(status, outputs) {
  const all = { status, ...outputs };
  // A value on one line cannot set another output.
  append(
    'GITHUB_OUTPUT',
    Object.entries(all)
      .map(([name, value]) => `${name}=${String(value).replaceAll(/[\r\n]/g, ' ')}\n`)
      .join(''),
  );
  return status;
}

function refuse(sentence) {
  console.log(`::error::${escapeData(sentence)}`);
  return finish(UNUSABLE, {});
}

function append(variable, text) {
  const path = env[variable];
  if (path !== undefined && path !== '') appendFileSync(path, text);
}
