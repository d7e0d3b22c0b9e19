import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LogOptions {
  readonly level: (typeof logLevels)[number];
  /** `event.dataset` of every line. It distinguishes application logs from events on the same stdout. */
  readonly dataset: `cdc.${string}`;
}

/**
 * Creates a pino logger that writes JSON lines to stdout, with the field names of the Elastic Common Schema:
 * `@timestamp`, `log.level`, `message`, `event.dataset`, `error`.
 */
export function createLogger({ level, dataset }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { event: { dataset } },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ log: { level: label } }) },
      serializers: { error: toErrorFields },
    },
    // Not pino's own descriptor: events may go to the same stdout, and two writers to one pipe can mix their lines.
    process.stdout,
  );
}

/** Returns the ECS fields of an error; `message` includes its causes. */
function toErrorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: messageWithCauses(error),
    ...('code' in error && error.code !== undefined ? { code: String(error.code) } : {}),
    stack_trace: error.stack,
  };
}

/** An error's message followed by those of its causes. */
export function messageWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  if (cause === undefined || cause === null) return message;
  const rest = messageWithCauses(cause);
  return rest === message ? message : `${message}: ${rest}`;
}
