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
  /** Command that opens a client as the database's administrator. */
  readonly rootClient?: string;
}

/** The system that the console shows, and what the console may change. */
export interface System {
  /** The parts' current state, in the direction of the flow. */
  readonly parts: () => Promise<readonly PartView[]>;
  /** If the host name has several addresses, each is one consumer. */
  readonly consumer: HttpPart;
  readonly elasticsearch: HttpPart;
  readonly prometheus: HttpPart;
  /** Access to Kafka; closed by the server of the console. */
  readonly deadLetters: DeadLetters;
  /** Whether dead letters may be replayed. */
  readonly canReplay: boolean;
  /** For the SQL box and the demo's buttons; absent if there are none. */
  readonly sql?: SqlAccess;
}
