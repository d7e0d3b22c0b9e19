import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ToolRun {
  readonly command: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told each line of output and error. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const keptLines = 25;

/**
 * Runs a build tool to its end. When the signal fires, the tool and all it started are ended.
 * @throws Error with the command, how it ended and its last lines
 */
export async function runTool({ command, cwd, env, onLine, signal }: ToolRun): Promise<void> {
  signal.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    // A group of its own: build tools start others, and all must end with them.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      onLine(line);
    });
  }
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', endGroup, { once: true });
  // However the supervisor ends: a build that nobody waits for is of no use.
  process.once('exit', endGroup);
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, by) => resolve(code === 0 ? undefined : by === null ? `exit code ${code}` : by));
    });
    signal.throwIfAborted();
    if (how !== undefined) throw new Error([`${command.join(' ')} failed (${how}):`, ...last].join('\n  '));
  } finally {
    signal.removeEventListener('abort', endGroup);
    process.off('exit', endGroup);
  }
}
