import { hostPorts } from '@tidb-cdc/charts/pipeline';
import { repository } from '@tidb-cdc/runtime/repository';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import type { Engine } from './engine.ts';

/** A container, as Docker reports it. */
export interface Container {
  readonly id: string;
  readonly service: string;
  readonly state: 'created' | 'running' | 'restarting' | 'exited' | 'dead' | 'paused' | 'removing';
  readonly health: 'healthy' | 'unhealthy' | 'starting' | undefined;
  readonly exitCode: number;
  readonly startedAt: string;
  /** Pid of its first process on this machine; 0 when it does not run. */
  readonly pid: number;
  /** Addresses of this machine on which its ports are published. */
  readonly hostAddresses: readonly string[];
}

export interface StackOptions {
  readonly engine: Engine;
  /** Absolute path of the override. */
  readonly override: string;
  /** Name of the compose project. */
  readonly project: string;
  /** Paths in the repository of the compose file and of the file with its variables. @default the whole system's */
  readonly files?: { readonly compose: string; readonly environment: string };
  /** Variables that replace those of that file. @default none */
  readonly settings?: Readonly<Record<string, string>>;
  /** Added to every port on this machine. */
  readonly portOffset: number;
}

const wholeSystem = { compose: 'compose/docker-compose.yml', environment: '.env' };

/** A generated compose file with one override, started as a user starts it. */
export class ComposeStack {
  readonly #options: StackOptions;
  /** Environment of docker-compose, in addition to `.env`. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(options: StackOptions) {
    this.#options = options;
    const ports = Object.entries(hostPorts).map(([name, port]) => [name, String(port + options.portOffset)]);
    this.environment = {
      ...options.settings,
      COMPOSE_FILE: `${(options.files ?? wholeSystem).compose}:${options.override}`,
      COMPOSE_PROJECT_NAME: options.project,
      ...Object.fromEntries(ports),
    };
  }

  /** Runs docker-compose in the root of the repository. */
  compose(args: readonly string[], timeout = 600_000): Promise<string> {
    const { engine, files = wholeSystem } = this.#options;
    // With COMPOSE_FILE, docker-compose would look for .env beside the first file.
    return engine.run(['docker-compose', '--env-file', files.environment, ...args], {
      cwd: repository,
      env: this.environment,
      timeout,
    });
  }

  /** Runs a command that a person types in the root of the repository, with the variables of `.env` in the shell. */
  shell(command: string): Promise<string> {
    const { engine, files = wholeSystem, portOffset } = this.#options;
    const variables = Object.entries(this.environment).map(([name, value]) => `export ${name}='${value}'`);
    const here = command.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${Number(port) + portOffset}`);
    const script = [`set -a; . ./${files.environment}; set +a`, ...variables, here].join('\n');
    return engine.run(['bash', '-o', 'pipefail', '-c', script], { cwd: repository, timeout: 60_000 });
  }

  /** Builds the images of our programs from the current code: `up` uses existing images, even of older code. */
  async build(): Promise<void> {
    await this.compose(['build'], 1_200_000);
  }

  /** Runs `up`; returns when every service has started, in the order of the file's dependencies. */
  async up(): Promise<void> {
    await this.compose(['up', '--detach'], 1_200_000);
  }

  /** Removes everything, volumes included. */
  async down(): Promise<void> {
    await this.compose(['down', '--volumes', '--remove-orphans', '--timeout', '5']);
  }

  /** All containers of the stack. */
  async containers(): Promise<readonly Container[]> {
    const { engine, project } = this.#options;
    const filter = `label=com.docker.compose.project=${project}`;
    const ids = (await engine.docker(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter])).split(/\s+/);
    const known = ids.filter((id) => id !== '');
    if (known.length === 0) return [];
    return (JSON.parse(await engine.docker(['inspect', ...known])) as Inspected[]).map(toContainer);
  }

  async container(service: string): Promise<Container> {
    const found = (await this.containers()).find((container) => container.service === service);
    if (found === undefined) throw new Error(`there is no container of ${service}`);
    return found;
  }

  /** The last lines of a service's output. */
  logs(service: string): Promise<string> {
    return this.compose(['logs', '--no-color', '--tail', '40', service]);
  }

  /** Kills a service's processes, like a crash or the OOM killer: Docker was not asked to stop it. */
  async crash(service: string): Promise<void> {
    const { pid } = await this.container(service);
    if (pid === 0) throw new Error(`${service} does not run`);
    process.kill(pid, 'SIGKILL');
  }

  /** Waits until every service is healthy and every one-shot service has succeeded. */
  async waitUntilComplete(timeoutMs: number): Promise<void> {
    await waitFor('the whole stack', () => this.#checkComplete(), { timeoutMs, intervalMs: 1_000 });
  }

  /** Waits until a service is healthy again, in another process than `pidBefore`. */
  async waitUntilHealed(service: string, pidBefore: number, timeoutMs: number): Promise<void> {
    const check = async () => {
      const { state, health, pid } = await this.container(service);
      if (pid === pidBefore || health !== 'healthy') throw new Error(`it is ${state}, ${health}, process ${pid}`);
    };
    await waitFor(`${service} to heal`, check, { timeoutMs, intervalMs: 1_000 });
  }

  async #checkComplete(): Promise<void> {
    const containers = await this.containers();
    const failed = containers.find(({ state, exitCode, health }) => !health && state === 'exited' && exitCode !== 0);
    if (failed !== undefined) {
      throw new FinalError(`${failed.service} ended with ${failed.exitCode}:\n${await this.logs(failed.service)}`);
    }
    const missing = containers.filter(({ state, health }) => (health ? health !== 'healthy' : state !== 'exited'));
    if (missing.length > 0) {
      throw new Error(missing.map(({ service, state, health }) => `${service} is ${health ?? state}`).join(', '));
    }
    if (containers.length === 0) throw new Error('there are no containers');
  }
}

interface Inspected {
  Id: string;
  Config: { Labels: Record<string, string> };
  State: { Status: Container['state']; ExitCode: number; StartedAt: string; Pid: number; Health?: { Status: string } };
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> };
}

function toContainer({ Id, Config, State, NetworkSettings }: Inspected): Container {
  return {
    id: Id,
    service: Config.Labels['com.docker.compose.service'] ?? '',
    state: State.Status,
    health: State.Health?.Status as Container['health'],
    exitCode: State.ExitCode,
    startedAt: State.StartedAt,
    pid: State.Pid,
    hostAddresses: Object.values(NetworkSettings.Ports).flatMap((bindings) =>
      (bindings ?? []).map(({ HostIp }) => HostIp),
    ),
  };
}
