import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The container runtime splits what a container prints in one line after so many bytes. */
const partBytes = 16 * 1024;

/**
 * The log file of a container as a node has it: containerd writes it in the format of the Container Runtime Interface
 * (kubernetes/design-proposals, "CRI logging"), and the kubelet rotates it (pkg/kubelet/logs/container_log_manager.go).
 */
export class ContainerLog {
  readonly #folder: string;
  #rotations = 0;

  /** @param podLogs folder that stands for `/var/log/pods` */
  constructor(podLogs: string, { namespace, pod, container }: { namespace: string; pod: string; container: string }) {
    this.#folder = join(podLogs, `${namespace}_${pod}_8d0c6a0e-6bd3-4b8d-9f5e-0d2a51f3b1c7`, container);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** What a container printed, a line each. */
  write(lines: readonly string[]): void {
    for (const line of lines) {
      const bytes = Buffer.from(line);
      for (let from = 0; from === 0 || from < bytes.length; from += partBytes) {
        const isLast = from + partBytes >= bytes.length;
        const head = `${this.#now()} stdout ${isLast ? 'F' : 'P'} `;
        const part = Buffer.concat([Buffer.from(head), bytes.subarray(from, from + partBytes), Buffer.from('\n')]);
        appendFileSync(this.#current, part);
      }
    }
  }

  /** Compresses what was rotated before, renames the current file, and begins a new one. */
  rotate(): void {
    const rotated = readdirSync(this.#folder).filter((name) => /^0\.log\.\d+-\d+$/.test(name));
    for (const name of rotated) {
      const file = join(this.#folder, name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
      rmSync(file);
    }
    this.#rotations += 1;
    renameSync(this.#current, `${this.#current}.20261122-${String(this.#rotations).padStart(6, '0')}`);
    writeFileSync(this.#current, '');
  }

  get #current(): string {
    return join(this.#folder, '0.log');
  }

  #now(): string {
    const nanoseconds = String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0');
    return new Date().toISOString().replace('Z', `${nanoseconds}Z`);
  }
}
