import { z } from 'zod';

/** All invalid settings at once: one line each with the variable's name, value (secrets masked) and the broken rule. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const secretName = /PASSWORD|SECRET|TOKEN/;
const programmingErrors = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AssertionError']);

/** Exit codes of every program of this repository. */
export const exitCode = { done: 0, failed: 1, usage: 2 } as const;

/** A whole number written in decimal, from `min` to `max`, both included. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  const rule = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
  const error = `must be a whole number, ${rule}`;
  return z
    .string({ error })
    .regex(/^\d+$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number({ error }).int({ error }).min(min, { error }).max(max, { error }));
}

export const positiveInteger = wholeNumber(1);

export const port = wholeNumber(1, 65_535);

/** zod's `enum` with an error message that lists all values. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** One or more values separated by commas. `rule` describes a valid one and is the error message. */
export function commaSeparated(pattern: RegExp, rule: string) {
  return z
    .string({ error: rule })
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => pattern.test(part)), { error: rule, abort: true });
}

const brokerPattern = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/;

/** Addresses of Kafka brokers: `host:port`, separated by commas. */
export const brokers = commaSeparated(brokerPattern, 'must be host:port, several separated by commas').refine(
  (parts) => parts.every((part) => Number(brokerPattern.exec(part)?.[1]) <= 65_535),
  { error: 'must be host:port with ports up to 65535' },
);

/** Topic names that Kafka accepts: https://kafka.apache.org/documentation/#topicconfigs, `Topic.validate`. */
export const topicPattern = /^(?!\.{1,2}$)[\w.-]{1,249}$/;
const topicRule = 'must be a topic name: up to 249 letters, digits, dots, underscores and hyphens';

export const topicName = z.string({ error: topicRule }).regex(topicPattern, { error: topicRule });

/** Names of topics, separated by commas. */
export const topicNames = commaSeparated(topicPattern, `${topicRule}; several separated by commas`);

/** An http or https URL. Slashes at its end are removed, so that paths can be appended. */
export const url = z
  .string({ error: 'must be a URL that begins with http:// or https://' })
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), {
    error: 'must be a URL that begins with http:// or https://',
  })
  .transform((text) => text.replace(/\/+$/, ''));

/**
 * Validates environment variables against a zod object schema whose keys are the variables' names. An empty variable
 * counts as not set, because shells and compose files cannot always omit one.
 * @throws SettingsError with one line per invalid setting
 */
export function readEnvironment<T extends z.ZodObject>(schema: T, env: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;

  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const value = given[name];
    return value === undefined
      ? `${name} is not set: ${issue.message}`
      : `${settingText(name, value)}: ${issue.message}`;
  });
  throw new SettingsError([...new Set(lines)]);
}

/**
 * Runs a program's main function. A SettingsError prints its lines and exits with 2. Any other error prints its message
 * and causes, with the stack if it is a programming error, and exits with 1.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  // A reader of the log that goes away (`npm start | head`) must not end the program. Code that needs stdout to be
  // complete sees the failure of its own write.
  process.stdout.on('error', () => undefined);
  try {
    await main();
  } catch (error) {
    const lines = error instanceof SettingsError ? error.lines : describeError(error);
    process.stderr.write(`${lines.join('\n')}\n`);
    await flushAndExit(error instanceof SettingsError ? exitCode.usage : exitCode.failed);
  }
}

/** Exits once stdout is flushed. Waits at most one second for a reader that stalls. */
export async function flushAndExit(code: number): Promise<never> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 1_000);
    process.stdout.write('', () => resolve());
  });
  process.exit(code);
}

/** Describes an error and then its causes, one entry each, with the stack of a programming error. */
function describeError(error: unknown): string[] {
  const lines: string[] = [];
  for (let current = error; current !== undefined && current !== null; ) {
    const isError: boolean = current instanceof Error;
    const { name, message, stack, cause } = current as Error;
    const text = isError && programmingErrors.has(name) ? (stack ?? message) : isError ? message : String(current);
    lines.push(`${lines.length === 0 ? 'failed' : '  caused by'}: ${text}`);
    current = isError ? cause : undefined;
  }
  return lines;
}

const longestShown = 200;

/** Formats a setting for an error message: `NAME=value` on one line, shortened if long, secrets masked. */
export function settingText(name: string, value: string): string {
  const masked = secretName.test(name) ? '***' : value.replace(/\/\/[^/@]*@/, '//***@');
  const line = masked.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${name}=${line.length > longestShown ? `${line.slice(0, longestShown)}…` : line}`;
}
