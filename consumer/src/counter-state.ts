import { z } from 'zod';

/** How far a partition is counted. */
const position = z.object({
  /** Offset after the last message counted. Exact up to 2^53, which no partition reaches. */
  next: z.number().int().nonnegative(),
  /** Newest timestamp of a counted message, ms since the epoch. A message that Kafka delivers again is never newer. */
  newest: z.number().int(),
  /**
   * The last count, stored before its offset is committed: `rows` that are not duplicates, in messages from offset
   * `from` on. If the commit fails, they are counted again (see takeover.ts).
   */
  last: z.object({ from: z.number().int().nonnegative(), rows: z.number().int().nonnegative() }).optional(),
});

const series = z.object({
  labels: z.record(z.string(), z.string()),
  value: z.number().nonnegative(),
  /** When the series was at 0, ms since the epoch. */
  created: z.number().positive(),
});

const positions = z.record(z.string(), z.record(z.string(), position));

/** A line of the stored state: the whole state, or the changes since the line before. */
const storedLine = z.object({
  version: z.literal(1),
  /** Distinguishes this consumer's counts from those of other members of its group. */
  member: z.string().optional(),
  positions,
  /** counter → its series */
  counters: z.record(z.string(), z.array(series)),
});

export type Position = Readonly<z.infer<typeof position>>;
export type Series = Readonly<z.infer<typeof series>>;

export interface CounterState {
  readonly member?: string | undefined;
  /** topic → partition → position */
  readonly positions: Readonly<z.infer<typeof positions>>;
  /** counter → key of a series (see seriesKey) → series */
  readonly counters: ReadonlyMap<string, ReadonlyMap<string, Series>>;
}

/** A state that changes can be applied to. */
export interface CounterStateBuilder extends CounterState {
  member: string | undefined;
  readonly positions: Record<string, Record<string, Position>>;
  readonly counters: Map<string, Map<string, Series>>;
}

export function emptyState(): CounterStateBuilder {
  return { member: undefined, positions: {}, counters: new Map() };
}

/** Returns the key of a series within its counter. Labels always come in the order of their declaration. */
export function seriesKey(labels: Series['labels']): string {
  return Object.values(labels).join('\0');
}

/** Applies a change to a state: what the change holds replaces what the state holds. */
export function applyChange(state: CounterStateBuilder, change: CounterState): void {
  state.member = change.member ?? state.member;
  for (const [topic, changed] of Object.entries(change.positions)) {
    state.positions[topic] = Object.assign(state.positions[topic] ?? {}, changed);
  }
  for (const [counter, changed] of change.counters) {
    const family = state.counters.get(counter) ?? new Map<string, Series>();
    for (const [key, one] of changed) family.set(key, one);
    state.counters.set(counter, family);
  }
}

export function renderState({ member, positions: topics, counters }: CounterState): string {
  const families = [...counters].map(([counter, family]) => [counter, [...family.values()]]);
  return JSON.stringify({ version: 1, member, positions: topics, counters: Object.fromEntries(families) });
}

/** @throws Error saying what is wrong with the line */
export function parseState(line: string): CounterState {
  const parsed = storedLine.safeParse(JSON.parse(line));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { member, positions: topics, counters } = parsed.data;
  const families = Object.entries(counters).map(([counter, family]) => {
    return [counter, new Map(family.map((one) => [seriesKey(one.labels), one]))] as const;
  });
  return { member, positions: topics, counters: new Map(families) };
}
