import type { HttpPart } from './backend.ts';
import type { PartView } from './contract.ts';
import type { DeadLetters } from './dead-letters.ts';

/** How the console reaches the database, as the application's user. */
export interface SqlAccess {
  readonly host: string;
  readonly port: number;
  readonly appUser: string;
  readonly appPassword: string;
  readonly database: string;
  /** What a person types to be the administrator of the database. */
  readonly rootClient?: string;
}

/** What the console shows, and what it may do to it. */
export interface System {
  /** The parts as they are now, in the direction of the flow. */
  readonly parts: () => Promise<readonly PartView[]>;
  /** A name with several addresses stands for as many consumers. */
  readonly consumer: HttpPart;
  readonly elasticsearch: HttpPart;
  readonly prometheus: HttpPart;
  /** The way to Kafka; who serves the system closes it. */
  readonly deadLetters: DeadLetters;
  /** Whether dead letters may be sent again. */
  readonly mayReplay: boolean;
  /** For the SQL box and the demo's buttons; absent where there are none. */
  readonly sql?: SqlAccess;
}
