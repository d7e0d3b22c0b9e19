import { spawnSync } from 'node:child_process';

/**
 * `nobody` on every Linux distribution. It owns nothing, so a part that runs as it can only write to its own folders.
 */
export const unprivilegedId = 65534;

/** What `setpriv` (util-linux) can do here for the processes that the supervisor starts. */
export interface Isolation {
  /** A child gets SIGTERM when the supervisor dies, even by SIGKILL. */
  readonly parentDeathSignal: boolean;
  /** A child can run as `nobody`. Only root can switch to it, and only root needs to. */
  readonly unprivileged: boolean;
}

/** Finds out what works here by trying it. */
export function detectIsolation(): Isolation {
  const isRoot = process.getuid?.() === 0;
  return {
    parentDeathSignal: setprivRuns(deathSignal),
    unprivileged: isRoot && setprivRuns(asNobody),
  };
}

/** Returns the command line that runs a command with this isolation; the command itself if there is nothing to add. */
export function isolatedCommand(
  command: readonly string[],
  isolation: Isolation,
  unprivileged: boolean,
): readonly string[] {
  const flags = [
    ...(isolation.parentDeathSignal ? deathSignal : []),
    ...(isolation.unprivileged && unprivileged ? asNobody : []),
  ];
  return flags.length === 0 ? command : ['setpriv', ...flags, ...command];
}

const deathSignal = ['--pdeathsig', 'SIGTERM'];

/**
 * `nobody` with one capability: to read files and enter folders whatever their mode, since the repository and the cache
 * may be in a home folder that is closed to others. `no_setuid_fixup` makes access(2), which programs call before they
 * open a file, take that capability into account.
 */
const asNobody = [
  ...['--reuid', String(unprivilegedId), '--regid', String(unprivilegedId), '--clear-groups', '--no-new-privs'],
  ...['--inh-caps', '-all,+dac_read_search', '--ambient-caps', '-all,+dac_read_search'],
  ...['--securebits', '+no_setuid_fixup'],
];

function setprivRuns(flags: readonly string[]): boolean {
  return spawnSync('setpriv', [...flags, 'true'], { stdio: 'ignore' }).status === 0;
}
