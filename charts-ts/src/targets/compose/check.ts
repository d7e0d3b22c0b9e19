import type { ComposeService, ServiceName } from '../../kit/compose/service.ts';

/** Services by name, in the order of the compose file. */
export type ComposeServices = Readonly<Partial<Record<ServiceName, ComposeService>>>;

/** Memory that Docker must have: the limits add up to this at most, in MiB. */
export const memoryBudgetMiB = 8192;

/**
 * Checks rules that types cannot express.
 *
 * @throws Error with a line per broken rule, naming service, value and rule
 */
export function checkServices(services: ComposeServices): void {
  const problems = [
    ...Object.entries(services).flatMap(([name, service]) => [
      ...needProblems(name, service, services),
      ...imageProblems(name, service, services),
      ...fileProblems(name, service),
    ]),
    ...cycleProblems(services),
    ...duplicateProblems(services),
    ...memoryProblems(services),
  ];
  if (problems.length > 0) throw new Error(`the services do not fit together:\n${problems.join('\n')}`);
}

/** The sum of the memory limits, one-shots included, in MiB. */
export function totalMemoryMiB(services: ComposeServices): number {
  return Object.values(services).reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
}

function needsOf({ afterHealthy = [], afterDone = [] }: ComposeService): readonly ServiceName[] {
  return [...afterHealthy, ...afterDone];
}

function needProblems(name: string, service: ComposeService, services: ComposeServices): string[] {
  return needsOf(service).flatMap((need) => {
    const needed = services[need];
    if (needed === undefined) return [`'${name}' waits for '${need}', which is not among the services`];
    const problems: string[] = [];
    if (service.afterHealthy?.some((system) => system === need) && needed.health === undefined) {
      problems.push(`'${name}' waits for '${need}' to be healthy, which has no health check`);
    }
    if (needed.profile !== undefined && needed.profile !== service.profile) {
      problems.push(`'${name}' waits for '${need}', which only starts with the profile '${needed.profile}'`);
    }
    return problems;
  });
}

function imageProblems(name: string, { image, afterDone = [] }: ComposeService, services: ComposeServices): string[] {
  if (typeof image === 'string' || image.builtBy === undefined) return [];
  const { build, builtBy } = image;
  const problems: string[] = [];
  const builder = services[builtBy];
  if (builder === undefined || !buildsOf(builder).includes(build)) {
    problems.push(`'${name}' needs the image '${build}' of '${builtBy}', which does not build it`);
  }
  if (!afterDone.includes(builtBy)) {
    problems.push(`'${name}' needs the image '${build}' of '${builtBy}', and does not wait for it`);
  }
  return problems;
}

/** The image that a service builds itself, if any. */
function buildsOf({ image }: ComposeService): readonly string[] {
  return typeof image === 'object' && image.builtBy === undefined ? [image.build] : [];
}

function fileProblems(name: string, { files = [], volumes = [], temporary = [] }: ComposeService): string[] {
  const targets = [...files, ...volumes].map(({ target }) => target).concat(temporary);
  return targets.filter((target) => !target.startsWith('/')).map((target) => `'${name}': '${target}' must be absolute`);
}

function cycleProblems(services: ComposeServices): string[] {
  const settled = new Set<ServiceName>();
  const visit = (name: ServiceName, path: readonly ServiceName[]): string[] => {
    if (path.includes(name)) return [`services wait for each other: ${[...path, name].join(' → ')}`];
    if (settled.has(name)) return [];
    settled.add(name);
    const service = services[name];
    return service === undefined ? [] : needsOf(service).flatMap((need) => visit(need, [...path, name]));
  };
  return (Object.keys(services) as ServiceName[]).flatMap((name) => visit(name, []));
}

function ownersOf(
  names: (service: ComposeService) => readonly string[],
  services: ComposeServices,
): Map<string, string[]> {
  const owners = new Map<string, string[]>();
  for (const [service, definition] of Object.entries(services)) {
    for (const name of names(definition)) owners.set(name, [...(owners.get(name) ?? []), service]);
  }
  return owners;
}

function duplicateProblems(services: ComposeServices): string[] {
  const files = ownersOf((service) => service.files?.map(({ name }) => name) ?? [], services);
  const ports = ownersOf((service) => Object.values(service.publish ?? {}).map(String), services);
  const images = ownersOf((service) => buildsOf(service).map((image) => `the build of ${image}`), services);
  return [...files, ...ports, ...images]
    .filter(([, owners]) => owners.length > 1)
    .map(([name, owners]) => `'${name}' belongs to one service alone, not to ${owners.join(' and ')}`);
}

function memoryProblems(services: ComposeServices): string[] {
  const sum = totalMemoryMiB(services);
  return sum <= memoryBudgetMiB ? [] : [`the memory limits sum up to ${sum} MiB: at most ${memoryBudgetMiB} MiB`];
}
