import type { DeadLettersAnswer, DeadLetterView, ReplayAnswer } from '../contract.ts';
import { formatCount, formatTime } from './format.ts';
import { Problem } from './problem.tsx';
import { usePolling } from './use-polling.ts';
import { usePost } from './use-post.ts';

/** Messages that the consumer could not decode, each with its reason and a button to replay it. */
export function DeadLetters() {
  const { data, error } = usePolling<DeadLettersAnswer>('/api/dead-letters', 5000);
  return (
    <section class="panel" aria-labelledby="dead-letters-title" data-testid="dead-letters">
      <h2 id="dead-letters-title">Dead letters</h2>
      {error !== null && !error.isDisconnected && <Problem error={error.message} remedy={error.remedy} />}
      {data !== null && <Letters {...data} />}
    </section>
  );
}

function Letters({ letters, older, canReplay }: DeadLettersAnswer) {
  if (letters.length === 0 && !older) return <p class="hint">None: every message could be decoded.</p>;
  return (
    <>
      <ul class="letters">
        {letters.map((letter) => (
          <li key={`${letter.partition}/${letter.offset}`} data-testid="dead-letter">
            <Letter letter={letter} canReplay={canReplay} />
          </li>
        ))}
      </ul>
      {older && <p class="hint">The topic has older ones too.</p>}
    </>
  );
}

function Letter({ letter, canReplay }: { letter: DeadLetterView; canReplay: boolean }) {
  const { at, code, reason, from, key, value, bytes, replayedAt } = letter;
  return (
    <details>
      <summary>
        <code class="code">{code}</code> <time dateTime={at}>{formatTime(at)}</time>
        {replayedAt !== null && <span class="mark">replayed</span>}
      </summary>
      <p>{reason}</p>
      {from !== null && (
        <p class="hint">
          {from.topic} · {from.partition} · {from.offset}
        </p>
      )}
      {key !== null && key !== '' && <Text label="Key" text={key} />}
      {value === null ? (
        <p class="hint">The message has no value.</p>
      ) : (
        <Text label={`Value, ${formatCount(bytes)} bytes`} text={value} />
      )}
      <Replay letter={letter} canReplay={canReplay} />
    </details>
  );
}

function Text({ label, text }: { label: string; text: string }) {
  return (
    <figure>
      <figcaption class="hint">{label}</figcaption>
      <pre>{text}</pre>
    </figure>
  );
}

/** Sends the message again, once. Its cause must be fixed first. */
function Replay({ letter, canReplay }: { letter: DeadLetterView; canReplay: boolean }) {
  const { answer, error, isBusy, send } = usePost<ReplayAnswer>();
  const { partition, offset, obstacle, replayedAt } = letter;
  if (replayedAt !== null) return <p class="done">Replayed {formatTime(replayedAt)}.</p>;
  if (obstacle !== null) return <p class="hint">It cannot be replayed. {obstacle}</p>;
  if (!canReplay) return <p class="hint">This console is read-only: it cannot replay dead letters.</p>;
  return (
    <>
      <button
        type="button"
        aria-disabled={isBusy || answer !== null}
        onClick={() => answer === null && void send('/api/dead-letters/replay', { partition, offset })}
      >
        Replay
      </button>
      {error !== null && <Problem error={error.message} remedy={error.remedy} />}
      {answer !== null && (
        <p class="done" role="status">
          Sent to {answer.topic} again. If the cause is not fixed, it will appear here again.
        </p>
      )}
    </>
  );
}
