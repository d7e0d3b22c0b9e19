import { parse } from 'yaml';
import { renderCompose } from '../../../src/targets/compose/render.ts';
import { composeServices } from '../../../src/targets/compose/services.ts';

/** A service of the compose file, as docker-compose reads it. */
export interface RenderedService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target: string; readonly args: Record<string, string> };
  readonly pull_policy?: 'never';
  readonly profiles?: readonly string[];
  readonly entrypoint: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly user: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
}

/** The rendered files: path under `compose/` → content. */
export const files = renderCompose(composeServices());

/** Parses a compose file as YAML 1.1, as docker-compose 1.29.2 does. */
export function readComposeFile(rendered: ReadonlyMap<string, string>) {
  return parse(rendered.get('docker-compose.yml') ?? '', { version: '1.1' }) as {
    readonly services: Readonly<Record<string, RenderedService>>;
    readonly volumes: Readonly<Record<string, object>>;
  };
}

/** The services of the compose file. */
export const { services } = readComposeFile(files);
