import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';

/**
 * Forwards a request to another server and returns its response, or 502 with the reason if there is none. `ask` starts
 * the request to that server and passes the response to its callback; `name` names the server in errors.
 */
export function proxy(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  name: string,
  ask: (answered: (answer: IncomingMessage) => void) => ClientRequest,
): void {
  const further = ask((answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // The client must neither wait for the rest of a truncated response nor take it for a complete one.
    answer.once('error', (error) => outgoing.destroy(error));
    answer.pipe(outgoing);
  });
  further.once('error', (error) => {
    if (outgoing.headersSent) outgoing.destroy(error);
    else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`${name}: ${error.message}`);
  });
  incoming.pipe(further);
}
