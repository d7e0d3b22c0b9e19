import { join } from 'node:path';
import type { PartContext } from './part.ts';

export interface JavaCommand {
  readonly heapMegabytes: number;
  readonly flags?: readonly string[];
  /** Entries of the class path. */
  readonly classPath: readonly string[];
  readonly mainClass: string;
  readonly args?: readonly string[];
}

/** Flags for a small server that should start quickly: one compiler tier, one collector thread. */
export const smallJvmFlags = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  // A JVM that is out of memory would limp on. When it exits instead, it is restarted and the log shows why.
  '-XX:+ExitOnOutOfMemoryError',
] as const;

/** Command line of a Java program. */
export function javaCommand(
  context: Pick<PartContext, 'javaHome'>,
  command: JavaCommand,
): readonly [string, ...string[]] {
  return [
    join(context.javaHome, 'bin', 'java'),
    `-Xmx${command.heapMegabytes}m`,
    ...smallJvmFlags,
    ...(command.flags ?? []),
    '-cp',
    command.classPath.join(':'),
    command.mainClass,
    ...(command.args ?? []),
  ];
}
