import { expect, test } from 'vitest';
import { type CellEvidence, reconcileCells, reconcilePie } from '../src/reconcile.ts';

const written = new Map([
  ['shop.a insert', 10],
  ['shop.a update', 4],
]);
const withOthers = new Map([...written, ['shop.a insert', 13], ['shop.b delete', 2]] as const);
const agreeing: CellEvidence = { written, own: written, counter: withOthers, duplicates: 0, documents: withOthers };

function verdicts(evidence: Partial<CellEvidence>): { ok: boolean; wrong: string[] } {
  const { cells, ok } = reconcileCells({ ...agreeing, ...evidence });
  return { ok, wrong: cells.filter((cell) => !cell.ok).map(({ table, operation }) => `${table} ${operation}`) };
}

test('agrees where own rows are found and counter and documents grew alike, whatever others did', () => {
  expect(verdicts({})).toEqual({ ok: true, wrong: [] });
});

test('sees an own row without its document, also where another makes up for it', () => {
  expect(verdicts({ own: new Map([...written, ['shop.a update', 3]]) })).toEqual({
    ok: false,
    wrong: ['shop.a update'],
  });
});

test('sees an own row with two documents', () => {
  expect(verdicts({ own: new Map([...written, ['shop.a insert', 11]]) }).wrong).toEqual(['shop.a insert']);
});

test('sees an event that should not be: of a row that was never written', () => {
  expect(verdicts({ own: new Map([...written, ['shop.a delete', 1]]) }).wrong).toEqual(['shop.a delete']);
});

test('sees a counter that is ahead or behind of the documents', () => {
  expect(verdicts({ counter: new Map([...withOthers, ['shop.b delete', 3]]) }).wrong).toEqual(['shop.b delete']);
  expect(verdicts({ counter: new Map([...withOthers, ['shop.b delete', 1]]) }).wrong).toEqual(['shop.b delete']);
});

test('redelivered rows explain a surplus of the counter, and no more than there were', () => {
  const counter = new Map([...withOthers, ['shop.a insert', 15], ['shop.b delete', 3]] as const);
  expect(verdicts({ counter, duplicates: 3 })).toEqual({ ok: true, wrong: [] });
  expect(verdicts({ counter, duplicates: 2 }).ok).toBe(false);
  expect(verdicts({ counter, duplicates: 1 }).wrong).toEqual(['shop.a insert']);
  expect(verdicts({ counter: written, duplicates: 5 }).ok).toBe(false);
});

const moment = (pie: number, events: number) => ({
  pie: new Map([['insert', pie]] as const),
  events: new Map([['insert', events]] as const),
});
const inserts = (number: number) => new Map([['insert', number]] as const);

function slice(before: [number, number], after: [number, number], agedOut: number, own: number) {
  const evidence = {
    written: inserts(own),
    before: moment(...before),
    after: moment(...after),
    agedOut: inserts(agedOut),
  };
  return reconcilePie(evidence).find(({ operation }) => operation === 'insert');
}

test('the pie agrees where it grew as the counter did', () => {
  expect(slice([5, 100], [25, 120], 0, 20)).toMatchObject({ pie: 20, agedOut: 0, events: 20, ok: true });
});

test('events that became older than an hour are no difference', () => {
  expect(slice([50, 100], [55, 120], 15, 20)).toMatchObject({ pie: 5, agedOut: 15, events: 20, ok: true });
});

test('sees a pie that missed an event, and one that shows a part of one', () => {
  expect(slice([5, 100], [24, 120], 0, 20)?.ok).toBe(false);
  expect(slice([5, 100], [25.3, 120], 0, 20)?.ok).toBe(false);
});

test('sees that Prometheus does not have all own rows', () => {
  expect(slice([5, 100], [25, 120], 0, 21)?.ok).toBe(false);
});
