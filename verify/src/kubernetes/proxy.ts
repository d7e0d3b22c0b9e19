import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers a request with what another server answers, and with 502 and the reason where that gives none. `ask` begins
 * the request to the other server, which `name` tells people, and hands its answer to the function that it gets.
 */
export function proxy(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  name: string,
  ask: (answered: (answer: IncomingMessage) => void) => ClientRequest,
): void {
  const further = ask((answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // Who asked must not wait for the rest of an answer that was cut, nor take it for a whole one.
    answer.once('error', (error) => outgoing.destroy(error));
    answer.pipe(outgoing);
  });
  further.once('error', (error) => {
    if (outgoing.headersSent) outgoing.destroy(error);
    else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`${name}: ${error.message}`);
  });
  incoming.pipe(further);
}
