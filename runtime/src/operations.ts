/** What can happen to a row. */
export const operations = ['insert', 'update', 'delete'] as const;

export type Operation = (typeof operations)[number];
