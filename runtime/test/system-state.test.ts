import { readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSystemState, type SystemState, systemStateFile, writeSystemState } from '../src/system-state.ts';
import { scratchDir } from './support/scratch.ts';

test('what is written is read, and nothing else is left', () => {
  const dir = scratchDir();
  expect(readSystemState(dir)).toBeUndefined();
  const state = { pid: 1, startedAt: '', ready: false, complete: false, parts: [] } as unknown as SystemState;
  writeSystemState(dir, state);
  writeSystemState(dir, { ...state, ready: true });
  expect(readSystemState(dir)).toEqual({ ...state, ready: true });
  expect(readdirSync(dir)).toEqual(['system.json']);
});

test('a broken file is an error, not an absent system', () => {
  const dir = scratchDir();
  writeFileSync(systemStateFile(dir), '{"pid":');
  expect(() => readSystemState(dir)).toThrow(SyntaxError);
});
