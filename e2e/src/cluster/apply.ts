import type { Kubectl } from './kubectl.ts';

/**
 * Applies a folder and gives what kubectl says of each object: `deployment.apps/consumer configured`.
 * @throws Error where kubectl ends with another code than 0
 */
export async function applyFolder(kubectl: Kubectl, folder: string): Promise<readonly string[]> {
  return (await kubectl.run(['apply', '-f', folder])).split('\n').filter((line) => line !== '');
}

/** The lines that do not say that an object stayed as it was. */
export function changedLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.endsWith(' unchanged'));
}
