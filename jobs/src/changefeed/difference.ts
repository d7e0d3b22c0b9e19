import type { JsonObject } from '../template-difference.ts';
import type { ChangefeedDefinition } from './definition.ts';
import { sinkParameters } from './definition.ts';

/** What TiCDC shows instead of a password. */
const maskedPassword = 'xxxxx';
const secretParameter = 'sasl-password';

/**
 * Describes each difference between the wanted changefeed and the existing one, without secrets; empty when there is
 * none. Only configuration members in the definition count, because TiCDC's answer includes its defaults. Passwords
 * cannot be compared.
 */
export function changefeedDifferences(
  wanted: ChangefeedDefinition,
  found: { readonly sink_uri: string; readonly config: JsonObject },
): string[] {
  return [
    ...sinkDifferences(wanted.sink_uri, found.sink_uri),
    ...configDifferences('replica_config', wanted.replica_config, found.config),
  ];
}

/** Whether the sink has a password. TiCDC never shows it, so a new password is not seen as a difference. */
export function hasHiddenPassword(sinkUri: string): boolean {
  return sinkParameters(sinkUri).has(secretParameter);
}

/**
 * Returns the whole configuration for an update: TiCDC's current one, overwritten by the wanted members. `PUT` sets a
 * missing member to zero, not to its default. A list is replaced, not merged.
 */
export function mergeConfig(current: JsonObject, wanted: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...current };
  for (const [name, value] of Object.entries(wanted)) {
    const before = merged[name];
    merged[name] = isObject(value) && isObject(before) ? mergeConfig(before, value) : value;
  }
  return merged;
}

function sinkDifferences(wanted: string, found: string): string[] {
  const [wantedAddress, foundAddress] = [wanted, found].map((uri) => uri.split('?', 1)[0]);
  const addresses = wantedAddress === foundAddress ? [] : [`sink_uri: ${foundAddress} should be ${wantedAddress}`];
  const [want, have] = [sinkParameters(wanted), sinkParameters(found)];
  const names = [...new Set([...want.keys(), ...have.keys()])].sort();
  const parameters = names
    .filter((name) => want.get(name) !== have.get(name) && !(want.has(name) && have.get(name) === maskedPassword))
    .map((name) => `sink_uri ${name}: ${shown(name, have)} should be ${shown(name, want)}`);
  return [...addresses, ...parameters];
}

function shown(name: string, parameters: URLSearchParams): string {
  const value = parameters.get(name);
  if (value === null) return 'nothing';
  return name === secretParameter ? '***' : value;
}

function configDifferences(path: string, wanted: unknown, found: unknown): string[] {
  if (isObject(wanted)) {
    return Object.entries(wanted).flatMap(([name, value]) =>
      configDifferences(`${path}.${name}`, value, isObject(found) ? found[name] : undefined),
    );
  }
  if (Array.isArray(wanted)) {
    const same = Array.isArray(found) && found.length === wanted.length;
    const items = same
      ? wanted.flatMap((value, index) => configDifferences(`${path}.${index}`, value, found[index]))
      : [];
    return same ? items : [`${path}: ${JSON.stringify(found)} should be ${JSON.stringify(wanted)}`];
  }
  return wanted === found ? [] : [`${path}: ${JSON.stringify(found)} should be ${JSON.stringify(wanted)}`];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
