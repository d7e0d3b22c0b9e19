import type { Kubectl } from './kubectl.ts';

/**
 * Applies a folder and returns kubectl's line per object: `deployment.apps/consumer configured`.
 * @throws Error when kubectl's exit code is not 0
 */
export async function applyFolder(kubectl: Kubectl, folder: string): Promise<readonly string[]> {
  return (await kubectl.run(['apply', '-f', folder])).split('\n').filter((line) => line !== '');
}

/** The lines of objects that kubectl did not leave unchanged. */
export function changedLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.endsWith(' unchanged'));
}
