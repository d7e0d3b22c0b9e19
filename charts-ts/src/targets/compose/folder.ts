import { type External, type ExternalSystem, externalSettings } from '../../external-settings.ts';
import { monitoringElsewhere } from '../../monitoring/compose.ts';
import { choices, credentials, hostPorts } from '../../pipeline.ts';
import { type ComposeFiles, renderCompose } from './render.ts';
import { type ComposeOptions, composeServices } from './services.ts';

/** The example of a compose file with external systems. */
const example = {
  external: new Set<ExternalSystem>(['database', 'kafka', 'elasticsearch']),
  folder: 'compose/external',
  context: '../..',
};

/** All files of `compose/` in the repository: the whole system, and the example in `external/`. */
export function composeFolder(): ComposeFiles {
  const files = new Map(renderCompose(composeServices()));
  for (const [name, content] of renderExternal(example)) files.set(`external/${name}`, content);
  return files;
}

export interface ExternalOptions extends Required<ComposeOptions> {
  /** The root of the repository, relative to the folder of the compose file. */
  readonly context: string;
}

/** The compose file without external systems, the files that it mounts, and an example of the `.env` that it needs. */
export function renderExternal({ context, ...options }: ExternalOptions): ComposeFiles {
  const { external, folder } = options;
  const files = new Map(renderCompose(composeServices(options), context));
  files.set('.env.example', envExample(external, folder, files.get('docker-compose.yml') ?? ''));
  if (external.has('monitoring')) for (const [name, content] of monitoringElsewhere(external)) files.set(name, content);
  return files;
}

/** An `.env` with every variable that the compose file reads. */
function envExample(external: External, folder: string, composeFile: string): string {
  const read = new Set([...composeFile.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
  const isRead = ([name]: readonly [string, ...unknown[]]): boolean => read.has(name);
  const lines = [
    '# Copy this file to .env in the root of the repository, and fill it in. docs/compose.md, "With systems you already run".',
    `COMPOSE_FILE=${folder}/docker-compose.yml`,
    'COMPOSE_PROJECT_NAME=tidb-cdc',
    '',
    ...externalSettings(external).flatMap(({ name, what, default: value = '', optional }) => [
      `# ${optional ? `Optional: ${what}` : `${what[0]?.toUpperCase()}${what.slice(1)}`}.`,
      `${name}=${value}`,
    ]),
    '',
    '# Passwords of the services here: at least six characters; only letters, digits and . _ ~ - are allowed.',
    ...Object.entries(credentials)
      .filter(isRead)
      .flatMap(([name, what]) => [`# ${what}`, `${name}=`]),
    '',
    '# Ports on 127.0.0.1.',
    ...Object.entries(hostPorts)
      .filter(isRead)
      .map(([name, port]) => `${name}=${port}`),
  ];
  const chosen = Object.entries(choices).filter(isRead);
  if (chosen.length > 0) lines.push('', '# docs/compose.md, "Your own tables".');
  return `${[...lines, ...chosen.map(([name, value]) => `${name}=${value}`)].join('\n')}\n`;
}
