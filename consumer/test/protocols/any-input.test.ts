import { protocolNames } from '@tidb-cdc/runtime/names';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { DecodeError } from '../../src/protocols/decode-error.ts';
import { createDecoder, type ProtocolSetting, protocolSettings } from '../../src/protocols/decoder.ts';
import { bytesOf, keyOf, readVectors, type Vector } from '../support/vectors.ts';

/* Whatever a topic holds, a decoder returns events or throws a DecodeError that names its rule in limited length. */

const place = { topic: 'cdc-events', partition: 0 };

interface Raw {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Short messages that TiCDC wrote, in all protocols. */
const written: readonly Raw[] = protocolNames.flatMap((name) =>
  readVectors<Vector>(`${name}.jsonl`)
    .map((vector) => ({ key: keyOf(vector), value: bytesOf(vector) }))
    .filter(({ value }) => value.length < 8_000),
);

function outcomeOf(setting: ProtocolSetting, ...messages: readonly Raw[]): unknown {
  const decoder = createDecoder(setting, recordedLog().log);
  const outcomes = messages.map((message) => {
    try {
      return decoder.decode(place, message);
    } catch (error) {
      return error;
    }
  });
  return outcomes.at(-1);
}

function expectAnswer(outcome: unknown): void {
  if (outcome instanceof Error) {
    expect(outcome).toBeInstanceOf(DecodeError);
    expect(outcome.message.length).toBeLessThan(1_000);
  } else expect(outcome).toHaveProperty('kind');
}

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const json = fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text));
const anyBytes = fc.oneof(fc.constant(null), bytes, json);
const anyWritten = fc.constantFrom(...written);

/** A written message with a few bytes changed, removed or inserted. */
const mutated = fc
  .tuple(
    anyWritten,
    fc.array(fc.tuple(fc.nat(8_000), fc.nat(255), fc.constantFrom('set', 'cut', 'insert')), { maxLength: 4 }),
  )
  .map(([{ key, value }, edits]) => {
    const edit = (buffer: Buffer | null) => edits.reduce(applied, buffer ?? Buffer.alloc(0));
    return { key: key === null ? null : edit(key), value: edit(value) };
  });

function applied(buffer: Buffer, [at, byte, kind]: [number, number, string]): Buffer {
  const place = at % (buffer.length + 1);
  const rest = buffer.subarray(kind === 'insert' ? place : place + 1);
  return Buffer.concat([buffer.subarray(0, place), kind === 'cut' ? Buffer.alloc(0) : Buffer.from([byte]), rest]);
}

describe.each(protocolSettings)('KAFKA_PROTOCOL=%s', (setting) => {
  test('any bytes', () => {
    fc.assert(fc.property(anyBytes, anyBytes, (key, value) => expectAnswer(outcomeOf(setting, { key, value }))));
  });

  test('messages that TiCDC wrote, in this protocol or another, changed anywhere', () => {
    fc.assert(
      fc.property(anyWritten, mutated, (before, message) => expectAnswer(outcomeOf(setting, before, message))),
      { numRuns: 500 },
    );
  });

  test('messages that TiCDC wrote, cut anywhere', () => {
    fc.assert(
      fc.property(anyWritten, fc.double({ min: 0, max: 1, noNaN: true }), ({ key, value }, share) => {
        const cut = value?.subarray(0, Math.floor(value.length * share)) ?? null;
        expectAnswer(outcomeOf(setting, { key, value: cut }));
      }),
    );
  });
});

describe.each(protocolNames)('the fields of %s, whatever they hold', (name) => {
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('c', 'd', 'INSERT', 'UPDATE', 'WATERMARK', 1, 2),
  );

  test('are read or refused', () => {
    const sources = written.filter((raw) => raw.value !== null && outcomeKind(name, raw) === 'rows');
    expect(sources.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(60), values, ({ key, value }, at, replacement) => {
        const changed = replaceField(value ?? Buffer.alloc(0), at, JSON.stringify(replacement));
        expectAnswer(outcomeOf(name, { key, value: changed }));
      }),
      { numRuns: 300 },
    );
  });
});

function outcomeKind(name: ProtocolSetting, raw: Raw): unknown {
  const outcome = outcomeOf(name, ...bootstraps, raw);
  return outcome instanceof Error ? undefined : (outcome as { kind: string }).kind;
}

/** The schema changes of simple, which contain the schemas of rows. */
const bootstraps = readVectors<Vector>('simple.jsonl')
  .filter(({ expected }) => expected.type === 'DDL')
  .map((vector) => ({ key: null, value: bytesOf(vector) }));

/** Replaces the value of the nth key by `replacement`, if it is a plain one. */
function replaceField(value: Buffer, nth: number, replacement: string): Buffer {
  const text = value.toString('latin1');
  const fields = [...text.matchAll(/":("[^"\\]*"|-?\d+|null|true|false)/g)];
  const field = fields[nth % Math.max(1, fields.length)];
  if (field === undefined) return value;
  const start = field.index + 2;
  const end = field.index + field[0].length;
  return Buffer.concat([value.subarray(0, start), Buffer.from(replacement), value.subarray(end)]);
}

test.each([
  ['digits', `{"v":${'1'.repeat(2_000_000)}`],
  ['digits without an end', `{"v":${'1'.repeat(2_000_000)}x}`],
  ['backslashes', `{"v":"${'\\'.repeat(2_000_000)}`],
  ['quotes', '"'.repeat(2_000_000)],
  ['escaped quotes', `"${'\\"'.repeat(1_000_000)}`],
  ['spaces', `{"commitTs"${' '.repeat(2_000_000)}`],
])('2 MB of %s end at once', (_, text) => {
  for (const setting of protocolSettings) expectAnswer(outcomeOf(setting, { key: null, value: Buffer.from(text) }));
});
