import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A changefeed as this server stores it. */
export interface StoredChangefeed {
  state: string;
  sink_uri: string;
  config: Record<string, unknown>;
  error?: { addr: string; code: string; message: string };
  checkpoint_ts: number;
  /** whether the checkpoint advances with each GET */
  moves: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** TiCDC's own defaults, which `GET` returns in addition to what was sent. */
const defaults = { memory_quota: 1_073_741_824, check_gc_safe_point: true, case_sensitive: false };

/**
 * Answers TiCDC's Open API v2 as v8.5.7 does: error codes in the body, 400 for a missing changefeed, 500 for an
 * existing one, masked passwords, updates only of a stopped or failed changefeed, and zeros for members that an update
 * omits.
 */
export class TicdcServer {
  readonly received: Received[] = [];
  readonly changefeeds = new Map<string, StoredChangefeed>();
  /** Tables without a key. */
  ineligible: { database_name: string; table_name: string }[] = [];
  /** If set, requests other than GET need this `user:password`. */
  login: string | undefined;
  readonly #failures: { readonly request: string; readonly answer: Answer; left: number }[] = [];
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Listens on this port, or on a free one by default. */
  static async start(port = 0): Promise<TicdcServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const ticdc = new TicdcServer(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      void readBody(request).then((body) => {
        const { status, body: answer } = ticdc.#answer(request, body);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    return ticdc;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Answers the next `times` requests with this method and path with an error of TiCDC. */
  fail(request: string, status: number, code: string, message: string, times = Number.POSITIVE_INFINITY): void {
    this.#failures.push({ request, answer: error(status, code, message), left: times });
  }

  /** The requests that change something, as `METHOD path`. */
  get changes(): readonly string[] {
    const all = this.received.map(({ method, path }) => `${method} ${path}`);
    return all.filter((request) => !request.startsWith('GET ') && request !== 'POST /api/v2/verify_table');
  }

  #answer(request: IncomingMessage, body: unknown): Answer {
    const { method = '', url: path = '', headers } = request;
    this.received.push({ method, path, body });
    const failure = this.#failures.find((one) => one.request === `${method} ${path}` && one.left > 0);
    if (failure !== undefined) {
      failure.left -= 1;
      return failure.answer;
    }
    if (method !== 'GET' && this.login !== undefined) {
      if (headers.authorization === undefined) {
        return error(401, 'CDC:ErrCredentialNotFound', 'please specify the user and password via authorization header');
      }
      const wanted = `Basic ${Buffer.from(this.login).toString('base64')}`;
      if (headers.authorization !== wanted) return error(401, 'CDC:ErrUnauthorized', 'user unauthorized');
    }
    if (path === '/status' || path === '/api/v2/health') return { status: 200, body: {} };
    // Omitted when empty, as by Go's `omitempty`.
    if (path === '/api/v2/verify_table') {
      return { status: 200, body: this.ineligible.length === 0 ? {} : { ineligible_tables: this.ineligible } };
    }
    if (method === 'POST' && path === '/api/v2/changefeeds') return this.#create(body as CreateBody);
    const [, id, action = ''] = /^\/api\/v2\/changefeeds\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const found = id === undefined ? undefined : this.changefeeds.get(id);
    if (found === undefined) return error(400, 'CDC:ErrChangeFeedNotExists', `changefeed not exists, ${id}`);
    return this.#act(found, `${method} ${action}`, body as CreateBody);
  }

  #create({ changefeed_id: id, sink_uri, replica_config }: CreateBody): Answer {
    if (this.changefeeds.has(id)) {
      return error(500, 'CDC:ErrChangeFeedAlreadyExists', `changefeed already exists, ${id}`);
    }
    this.changefeeds.set(id, changefeed({ sink_uri, config: { ...defaults, ...replica_config } }));
    return { status: 200, body: {} };
  }

  #act(found: StoredChangefeed, action: string, body: CreateBody): Answer {
    if (action === 'POST pause') found.state = 'stopped';
    else if (action === 'POST resume') Object.assign(found, { state: 'normal', error: undefined });
    else if (action === 'PUT ') return update(found, body);
    else {
      if (found.moves) found.checkpoint_ts += 1000 * 2 ** 18;
      const { moves: _moves, ...shown } = found;
      return { status: 200, body: { ...shown, sink_uri: mask(found.sink_uri) } };
    }
    return { status: 200, body: {} };
  }
}

/** Returns a running changefeed with a test's overrides. */
export function changefeed(
  overrides: Partial<StoredChangefeed> & Pick<StoredChangefeed, 'sink_uri'>,
): StoredChangefeed {
  return {
    state: 'normal',
    config: { ...defaults },
    checkpoint_ts: 462_000_000_000_000_000,
    moves: true,
    ...overrides,
  };
}

interface CreateBody {
  changefeed_id: string;
  sink_uri: string;
  replica_config: Record<string, unknown>;
}

function update(found: StoredChangefeed, { sink_uri, replica_config }: CreateBody): Answer {
  if (found.state !== 'stopped' && found.state !== 'failed') {
    return error(
      400,
      'CDC:ErrChangefeedUpdateRefused',
      'can only update changefeed config when it is stopped or failed',
    );
  }
  const config = { memory_quota: 0, check_gc_safe_point: false, case_sensitive: false, ...replica_config };
  if (found.sink_uri === sink_uri && JSON.stringify(found.config) === JSON.stringify(config)) {
    return error(400, 'CDC:ErrChangefeedUpdateRefused', 'changefeed config is the same with the old one, do nothing');
  }
  Object.assign(found, { sink_uri, config });
  return { status: 200, body: {} };
}

function mask(sinkUri: string): string {
  return sinkUri.replace(/(sasl-password=)[^&]*/, '$1xxxxx');
}

function error(status: number, error_code: string, error_msg: string): Answer {
  return { status, body: { error_msg: `[${error_code}]${error_msg}`, error_code } };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
