/**
 * Why a message cannot be decoded, and the rule it breaks. The codes are few and fixed: they are values of the metric
 * label `reason` and a header of the dead letter.
 */
export const decodeErrorCodes = {
  UNKNOWN_PROTOCOL:
    'KAFKA_PROTOCOL=auto tells the protocols apart by their fields; name the one that the changefeed has',
  TOMBSTONE: 'TiCDC writes no tombstones, every message has a value',
  EMPTY_VALUE: 'the value of a message is a JSON object',
  INVALID_UTF8: 'the value of a message is UTF-8 text',
  INVALID_JSON: 'the value of a message is one complete JSON object',
  NOT_AN_OBJECT: 'the value of a message is a JSON object',
  MISSING_FIELD: 'messages of this protocol always carry the field',
  WRONG_TYPE: 'the field has one type in this protocol',
  UNKNOWN_MESSAGE_TYPE: 'a message is a row change, a schema change, a watermark or, in canal-json, a statement',
  INVALID_FRAME:
    'a message of open-protocol has version 1 in its key, then keys and as many values, each after its length',
  UNKNOWN_SCHEMA: 'in simple, the schema of a table comes before its rows',
  CLAIM_CHECK: 'CLAIM_CHECK_LOCATION has the file that the message names, with the row of the message',
  INVALID_TIMESTAMP:
    'a time is milliseconds since 1970 before the year 10000, a TSO is a whole number from 1 to 2^64 - 1',
  INVALID_NAME: 'a name has 1 to 64 characters and a key at most 32 columns, as in TiDB, MySQL and MariaDB',
  NO_ROWS: 'a row change carries its rows (a source with binlog_format other than ROW sends SQL text instead)',
  UNEXPECTED_ROWS: 'only INSERT, UPDATE and DELETE carry rows',
  OLD_MISMATCH: 'old has one entry for each row of an UPDATE, and is null for an INSERT or a DELETE',
  INVALID_COLUMN_VALUE: 'the value of a column is null or what its type and the protocol say',
  UNKNOWN_COLUMN_TYPE: 'the type of every column is known, else bytes and text cannot be told apart',
  NOT_BINARY: 'bytes of a binary column come as the code points U+0000 to U+00FF',
  MISSING_KEY_COLUMN: 'every column of the primary key is in the row',
} as const;

export type DecodeErrorCode = keyof typeof decodeErrorCodes;

/** A message that breaks its protocol. The error's short text names the field, what it holds and the rule. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;

  /** @param found the field and what it holds, as a phrase: `data[0].price is 5, a number` */
  constructor(code: DecodeErrorCode, found: string, options?: ErrorOptions) {
    super(`${found}: ${decodeErrorCodes[code]}`, options);
    this.code = code;
  }
}

const longestQuote = 80;

/** Returns `text` as a JSON string of limited length, for error messages. */
export function quote(text: string): string {
  return text.length <= longestQuote
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, longestQuote))}… (${text.length} characters)`;
}

/** Describes a parsed JSON value in limited length, however deep it nests. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `${quote(value)}, a string`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `${String(value)}, a ${typeof value}`;
}
