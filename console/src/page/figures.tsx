import type { ComponentChildren } from 'preact';
import type { ConsumerFigures, StateAnswer } from '../contract.ts';
import { formatCount, formatRate, formatSeconds } from './format.ts';
import { Sparkline } from './sparkline.tsx';

/** The consumer's figures: throughput, delay, and whatever did not go as it should. */
export function Figures({ state, rates }: { state: StateAnswer; rates: readonly number[] }) {
  const { consumer } = state;
  return (
    <section class="panel" aria-labelledby="figures-title">
      <h2 id="figures-title" class="visually-hidden">
        Figures
      </h2>
      <dl class="figures">
        <Figure name="rate" label="Events per second" value={show(consumer?.eventsPerSecond, formatRate)}>
          <Sparkline values={rates} label="Events per second over the last two minutes" />
        </Figure>
        <DelayFigure delay={consumer?.delay} isCoarse={state.parts.some(({ name }) => name === 'canal')} />
        <Figure name="lag" label="Waiting in Kafka" value={show(consumer?.lag, formatCount)} hint="messages" />
        <Figure
          name="dead-letters"
          label="Dead letters"
          value={show(consumer?.deadLetters, formatCount)}
          hint="could not be decoded"
          isAlarming={(consumer?.deadLetters ?? 0) > 0}
        />
        <Figure
          name="duplicates"
          label="Delivered again"
          value={show(consumer?.duplicates, formatCount)}
          hint="events"
        />
        <Figure
          name="schema-changes"
          label="Schema changes"
          value={show(consumer?.schemaChanges, formatCount)}
          hint="DDL"
        />
        {consumer !== null && consumer.watermarkAge !== null && (
          <Figure name="watermark" label="Watermark" value={formatSeconds(consumer.watermarkAge)} hint="old" />
        )}
      </dl>
    </section>
  );
}

/** @param isCoarse whether the source's commit times are whole seconds */
function DelayFigure({ delay, isCoarse }: { delay: ConsumerFigures['delay'] | undefined; isCoarse: boolean }) {
  const quantiles = ['p50', 'p95', 'p99'] as const;
  return (
    <Figure
      name="delay"
      label="Delay, commit to log"
      value={quantiles.map((name) => (
        <span class="quantile" key={name}>
          <small>{name}</small> {show(delay?.[name], formatSeconds)}
        </span>
      ))}
      hint={
        delay
          ? `${delay.over === 'last minute' ? 'last minute' : 'since the consumer started'}${isCoarse ? '; up to 1 s too high, because Canal reports whole seconds' : ''}`
          : undefined
      }
    />
  );
}

interface FigureProps {
  name: string;
  label: string;
  value: ComponentChildren;
  hint?: string | undefined;
  isAlarming?: boolean;
  children?: ComponentChildren;
}

function Figure({ name, label, value, hint, isAlarming = false, children }: FigureProps) {
  return (
    <div class="figure" data-testid={`figure-${name}`} data-alarming={isAlarming}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{value}</span>
        {hint !== undefined && <span class="hint">{hint}</span>}
      </dd>
      {children}
    </div>
  );
}

function show<T>(value: T | null | undefined, format: (value: T) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
