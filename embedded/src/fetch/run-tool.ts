import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ToolRun {
  readonly command: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of standard output and standard error. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const tailLines = 25;

/**
 * Runs a build tool and waits until it ends. When the signal fires, ends the tool and every process it started.
 * @throws Error with the command, its exit code or signal, and its last lines
 */
export async function runTool({ command, cwd, env, onLine, signal }: ToolRun): Promise<void> {
  signal.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    // Its own process group: build tools start other processes, and all must end together.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      onLine(line);
    });
  }
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', endGroup, { once: true });
  // The supervisor may end without the signal. Nobody waits for the build then.
  process.once('exit', endGroup);
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, by) => resolve(code === 0 ? undefined : by === null ? `exit code ${code}` : by));
    });
    signal.throwIfAborted();
    if (how !== undefined) throw new Error([`${command.join(' ')} failed (${how}):`, ...tail].join('\n  '));
  } finally {
    signal.removeEventListener('abort', endGroup);
    process.off('exit', endGroup);
  }
}
