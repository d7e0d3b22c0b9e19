import { PassThrough } from 'node:stream';
import type { PartStatus } from '@tidb-cdc/runtime/system-state';
import { describe, expect, test } from 'vitest';
import { createProgress, describePart } from '../src/progress.ts';

function part(change: Partial<PartStatus>): PartStatus {
  return {
    name: 'kafka',
    state: 'waiting',
    detail: '',
    since: new Date().toISOString(),
    restarts: 0,
    logFile: '',
    ...change,
  };
}

function capture(terminal: { isTTY: boolean; columns?: number } | undefined) {
  const out = Object.assign(new PassThrough(), terminal);
  const progress = createProgress(out);
  return { out, progress, text: () => String(out.read() ?? '') };
}

test('a part is told with what it does and for how long', () => {
  const since = new Date(0).toISOString();
  const fetching = part({ state: 'fetching', detail: 'building', since });
  expect(describePart(fetching, 59_000)).toBe('kafka          fetching   building (59 s)');
  expect(describePart(fetching, 125_000)).toBe('kafka          fetching   building (2 min 5 s)');
  expect(describePart(part({ state: 'ready', since }), 125_000)).toBe('kafka          ready');
});

describe('without a terminal', () => {
  test('a line for each change of state', () => {
    const { progress, text } = capture(undefined);
    progress.part(part({}));
    progress.part(part({ state: 'fetching', detail: 'one' }));
    progress.part(part({ state: 'fetching', detail: 'two' }));
    progress.part(part({ state: 'ready' }));
    progress.say('done');
    expect(text()).toBe('kafka          fetching   one\nkafka          ready\ndone\n');
  });

  test('a terminal that is gone is no error', () => {
    const { out, progress } = capture(undefined);
    out.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
    progress.say('nobody reads this');
    expect(() => out.emit('error', new Error('something else'))).toThrow('something else');
  });
});

describe('on a terminal', () => {
  test('one line a part, drawn again at each change, none wider than the window', () => {
    const { progress, text } = capture({ isTTY: true, columns: 30 });
    progress.part(part({ state: 'starting' }));
    progress.part(part({ state: 'fetching', detail: 'a very long story indeed' }));
    progress.part(part({ name: 'mariadb', state: 'ready' }));
    progress.settle();
    progress.part(part({ state: 'ready' }));
    expect(text()).toBe(
      [
        'kafka          starting\n',
        '\u001b[1A\u001b[Jkafka          fetching   a v\n',
        '\u001b[1A\u001b[Jkafka          fetching   a v\nmariadb        ready\n',
        'kafka          ready\n',
      ].join(''),
    );
  });

  test('what is said stands above the parts', () => {
    const { progress, text } = capture({ isTTY: true, columns: 80 });
    progress.part(part({ state: 'ready' }));
    progress.say('hello');
    progress.settle();
    expect(text()).toBe('kafka          ready\n\u001b[1A\u001b[Jhello\nkafka          ready\n');
  });
});
