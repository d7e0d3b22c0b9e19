import type { AlertCases } from './alert-case.ts';
import { changefeedCases } from './changefeed.ts';
import { consumerCases } from './consumer.ts';
import { platformCases } from './platform.ts';

/** Histories for every alert: some in which it fires, some in which it must not. */
export const alertCases: AlertCases = { ...consumerCases, ...changefeedCases, ...platformCases };
