import { readFileSync } from 'node:fs';

/** Records who requested what and the result, for ServiceAccounts only. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
};

/** A request to the apiserver that RBAC refused. */
export interface ForbiddenRequest {
  readonly verb: string;
  /** `apps/statefulsets`, or `pods` for the core group. */
  readonly resource: string;
  readonly uri: string;
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** The apiserver's own record of ServiceAccounts' requests: a client may not report that it was refused. */
export class AuditLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Number of a ServiceAccount's requests so far. */
  requests(namespace: string, name: string): number {
    return this.#events(namespace, name).length;
  }

  /** A ServiceAccount's requests that were refused with 403. */
  forbidden(namespace: string, name: string): readonly ForbiddenRequest[] {
    return this.#events(namespace, name)
      .filter(({ responseStatus }) => responseStatus?.code === 403)
      .map(({ verb, requestURI: uri, objectRef }) => ({ verb, uri, resource: resourceOf(objectRef) }));
  }

  #events(namespace: string, name: string): readonly AuditEvent[] {
    const user = `system:serviceaccount:${namespace}:${name}`;
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    // The last element is empty or a partially written line.
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEvent);
    return events.filter(({ user: { username } }) => username === user);
  }
}

function resourceOf(ref: AuditEvent['objectRef']): string {
  const { apiGroup, resource = '', subresource } = ref ?? {};
  return [apiGroup, resource, subresource].filter((part) => part !== undefined && part !== '').join('/');
}
