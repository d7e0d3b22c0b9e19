import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isPortFree } from '@tidb-cdc/runtime/ports';
import type { Problem } from '@tidb-cdc/runtime/problem';

/** A port on 127.0.0.1 that a target needs. */
export interface WantedPort {
  readonly port: number;
  /** What to set if the port is taken: the setting with an example value, and its file. */
  readonly instead: string;
}

/** Reports each port that another program uses. */
export async function portProblems(wanted: readonly WantedPort[]): Promise<Problem[]> {
  const checks = wanted.map(async ({ port, instead }) => {
    if (await isPortFree(port)) return [];
    const holder = await holderOf(port);
    const find = holder === undefined ? ` (\`sudo ss -ltnp 'sport = :${port}'\` shows it)` : '';
    return [
      {
        what: `port ${port} is in use by ${holder ?? 'another program'}`,
        remedy: `stop that program${find}, or set ${instead}`,
      },
    ];
  });
  return (await Promise.all(checks)).flat();
}

/** Name and pid of the listening process; undefined when ss is missing or may not see it. */
async function holderOf(port: number): Promise<string | undefined> {
  const args = ['-ltnpH', `sport = :${port}`];
  const stdout = await promisify(execFile)('ss', args, { timeout: 5_000 }).then(
    (done) => done.stdout,
    () => '',
  );
  const [, name, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(stdout) ?? [];
  if (name === undefined) return undefined;
  const container = name === 'docker-proxy' ? `: \`docker ps --filter publish=${port}\` names the container` : '';
  return `${name} (process ${pid}${container})`;
}
