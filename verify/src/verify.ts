import { createRandom, type Random } from '@tidb-cdc/jobs/shop/random';
import { type RowChange, ShopWriter } from '@tidb-cdc/jobs/shop/writer';
import { connect } from '@tidb-cdc/runtime/sql';
import { countCells } from './cells.ts';
import { currentMoment, type Evidence, gatherEvidence } from './evidence.ts';
import { expectedEvents, ownDocuments, rowDifferences } from './expected.ts';
import { keyChangeOf } from './key-change.ts';
import { reconcileCells, reconcilePie } from './reconcile.ts';
import { renderReport } from './report.ts';
import { chooseSample, keyChangeDifferences, sampleDifferences } from './sample.ts';
import type { Target } from './target.ts';

export interface VerifyRun {
  readonly target: Target;
  /** Writes the run's rows. Values that must be unique begin with `marker`. */
  readonly write: (writer: ShopWriter, random: Random, marker: string) => Promise<void>;
  readonly seed: number;
  /** How long to wait for the written rows to arrive. */
  readonly timeoutMs: number;
  /** Called with each line of output. */
  readonly say: (line: string) => void;
}

/** Further differences are counted, not listed. */
const mostDifferences = 50;

/**
 * Writes rows, waits for them to arrive, and compares numbers and values everywhere. Reports the result through `say`.
 * @returns true when all agree
 */
export async function verify(run: VerifyRun): Promise<boolean> {
  const { target, say } = run;
  const access = await target.open(say);
  const wait = { timeoutMs: run.timeoutMs, progress: say };
  const marker = `verify-${Date.now().toString(36)}-${process.pid}`;
  const random = createRandom(run.seed);
  say(`run ${marker}, seed ${run.seed}`);
  const connection = await connect(access.sql);
  try {
    const before = await currentMoment(access, wait);
    const changes: RowChange[] = [];
    const writer = new ShopWriter(connection, (change) => changes.push(change));
    await run.write(writer, random, marker);
    say(`wrote ${changes.length} changes`);
    const keyChange = await keyChangeOf(connection);
    const expected = expectedEvents(changes, keyChange);
    const written = { cells: countCells(expected), query: ownDocuments(changes, marker) };
    const evidence = await gatherEvidence(access, before, written, wait);
    const sample = chooseSample(changes, random, keyChange);
    say(`comparing ${sample.length} rows with their newest documents, value by value`);
    const { own } = evidence;
    const differences = [
      ...rowDifferences(expected, own),
      ...(keyChange === 'update' ? keyChangeDifferences(changes, own) : []),
      ...(await sampleDifferences(connection, sample, own)),
    ];
    return report(evidence, differences, say);
  } finally {
    await connection.end();
  }
}

function report(evidence: Evidence, differences: readonly string[], say: VerifyRun['say']): boolean {
  const { cells, ok } = reconcileCells(evidence.cells);
  const pie = reconcilePie(evidence.pie);
  say(`\n${renderReport(cells, pie)}\n`);
  const { duplicates } = evidence.cells;
  if (duplicates > 0) say(`the counter includes ${duplicates} rows that Kafka delivered again; each has one document`);
  for (const line of evidence.late) say(`late: ${line}`);
  for (const line of differences.slice(0, mostDifferences)) say(`differs: ${line}`);
  if (differences.length > mostDifferences) say(`and ${differences.length - mostDifferences} more differences`);
  const agreed = ok && pie.every((slice) => slice.ok) && evidence.late.length === 0 && differences.length === 0;
  say(agreed ? 'all agree' : 'not all agree');
  return agreed;
}
