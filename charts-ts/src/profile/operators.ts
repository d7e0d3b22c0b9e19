import type { Profile } from './fields.ts';

/** The operators whose resources a profile may contain. */
export const operatorNames = ['tidb', 'strimzi', 'elastic', 'prometheus'] as const;

export type OperatorName = (typeof operatorNames)[number];

/** The operators that a profile needs: an external system needs none. */
export function neededOperators({
  tidb,
  kafka,
  elasticsearch,
  prometheus,
}: Pick<Profile, 'tidb' | 'kafka' | 'elasticsearch' | 'prometheus'>): readonly OperatorName[] {
  const idle: OperatorName[] = [];
  if ('external' in tidb) idle.push('tidb');
  if ('external' in kafka) idle.push('strimzi');
  if ('external' in elasticsearch) idle.push('elastic');
  if ('external' in prometheus) idle.push('prometheus');
  return operatorNames.filter((name) => !idle.includes(name));
}
