import type { ChangefeedDefinition } from '@tidb-cdc/jobs/changefeed/definition';
import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { bootstrapServers, clusterCaSecret, kafkaUsers, passwordKey } from '../kafka/facts.ts';
import { profileTopics } from '../kafka/topics.ts';
import { jobFiles, type Step } from '../kit/kubernetes/job.ts';
import type { SettingsOf } from '../kit/kubernetes/pod.ts';
import type { Profile } from '../profile.ts';
import { changefeed } from './changefeed.ts';
import { mountedCa, ticdcUrls } from './facts.ts';

/** The changefeed of a profile. */
export function profileChangefeed(profile: Profile): ChangefeedDefinition {
  const { authentication } = profile.kafka;
  const [topic] = profileTopics(profile);
  return changefeed({
    brokers: bootstrapServers(authentication),
    topic,
    ...(authentication === 'scram' ? { saslMechanism: 'scram-sha-512', caFile: mountedCa(clusterCaSecret) } : {}),
  });
}

/** Creates the changefeed, from `changefeed.json` among the Job's files. */
export function createChangefeed({ kafka }: Profile): Step {
  return {
    program: 'create-changefeed',
    environment: {
      TICDC_URL: ticdcUrls.kubernetes,
      CHANGEFEED_FILE: `${jobFiles}/changefeed.json`,
      // What a new profile says is brought to the changefeed that runs.
      CHANGEFEED_UPDATE: 'true',
      ...(kafka.authentication === 'scram'
        ? {
            KAFKA_USERNAME: kafkaUsers.ticdc,
            KAFKA_PASSWORD: { secret: kafkaUsers.ticdc, key: passwordKey },
          }
        : {}),
    } satisfies SettingsOf<typeof createChangefeedSettings>,
  };
}
