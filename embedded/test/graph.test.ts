import { partNames } from '@tidb-cdc/runtime/system-state';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../runtime/test/support/scratch.ts';
import { runGraph } from '../src/graph.ts';
import { startOrder } from '../src/system.ts';

type Name = 'a' | 'b' | 'c' | 'd';

/** Steps that record when they begin and end. */
function steps(needs: Readonly<Record<Name, readonly Name[]>>, failing?: Name) {
  const events: string[] = [];
  const step = (name: Name) => ({
    needs: needs[name],
    run: async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      if (name === failing) throw new Error(`${name} failed`);
      events.push(`${name} ends`);
    },
  });
  return { events, graph: { a: step('a'), b: step('b'), c: step('c'), d: step('d') } };
}

describe('runGraph', () => {
  test('runs each once, after what it needs, the others meanwhile', async () => {
    const { events, graph } = steps({ a: [], b: [], c: ['a', 'b'], d: ['a', 'c'] });
    await runGraph(graph);
    expect(events).toEqual([
      ...['a begins', 'b begins', 'a ends', 'b ends'],
      ...['c begins', 'c ends', 'd begins', 'd ends'],
    ]);
  });

  test('begins nothing behind a step that failed', async () => {
    const { events, graph } = steps({ a: [], b: ['a'], c: ['b'], d: [] }, 'a');
    await expect(runGraph(graph)).rejects.toThrow('a failed');
    await eventually('the end of the step that was under way', () => events.includes('d ends'));
    expect(events).toEqual(['a begins', 'd begins', 'd ends']);
  });

  test('refuses steps that wait for each other, and says which', async () => {
    const { graph } = steps({ a: ['c'], b: ['a'], c: ['b'], d: [] });
    await expect(runGraph(graph)).rejects.toThrow('these steps wait for each other: a → c → b → a');
  });
});

describe('the start order', () => {
  test('has every part and can be run', async () => {
    for (const name of partNames) expect(startOrder).toHaveProperty(name);
    const order: string[] = [];
    const graph = Object.entries(startOrder).map(([name, needs]) => [
      name,
      { needs, run: async () => void order.push(name) },
    ]);
    await runGraph(Object.fromEntries(graph));
    expect(order.sort()).toEqual(Object.keys(startOrder).sort());
  });

  test('captures from before the first row on', () => {
    expect(startOrder.canal).toEqual(['migrate-database', 'create-topic']);
    expect(startOrder['seed-database']).toEqual(['canal', 'consumer']);
  });
});
