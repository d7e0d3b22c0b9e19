import { spawnSync } from 'node:child_process';

/** `nobody` of every Linux distribution: owns nothing, so a part that runs as it can write its own folders only. */
export const unprivilegedId = 65534;

/** What util-linux's `setpriv` lets the supervisor do with the processes it starts. */
export interface Isolation {
  /** A child gets SIGTERM when the supervisor dies, even by SIGKILL. */
  readonly parentDeathSignal: boolean;
  /** A child can run as `nobody`: only root can change to it, and only root needs it. */
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

/** The command line that runs a command so; the command itself where nothing is to be done. */
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
 * `nobody` with the one right to read and to enter folders whatever their mode, since the repository and the cache may
 * lie in a home that is closed to others. `no_setuid_fixup` makes access(2), which programs ask before they open a
 * file, count that right too.
 */
const asNobody = [
  ...['--reuid', String(unprivilegedId), '--regid', String(unprivilegedId), '--clear-groups', '--no-new-privs'],
  ...['--inh-caps', '-all,+dac_read_search', '--ambient-caps', '-all,+dac_read_search'],
  ...['--securebits', '+no_setuid_fixup'],
];

function setprivRuns(flags: readonly string[]): boolean {
  return spawnSync('setpriv', [...flags, 'true'], { stdio: 'ignore' }).status === 0;
}
