import { deadLetterTopic, eventsTopic } from '../pipeline.ts';

/** The topics that the console works with, by the names of its settings, in compose. */
export const consoleTopics = { KAFKA_TOPICS: eventsTopic, KAFKA_DEAD_LETTER_TOPIC: deadLetterTopic } as const;

/** The Secret with the name and the password that open the console on Kubernetes. */
export const consoleLoginSecret = 'console-login';

/** The name of who opens the console; the password is made up, or in `.env`. */
export const consoleUser = 'admin';
