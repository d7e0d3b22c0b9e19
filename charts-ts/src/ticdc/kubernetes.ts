import type { ChangefeedDefinition } from '@tidb-cdc/jobs/changefeed/definition';
import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { bootstrapServers, kafkaCaSecret, kafkaPasswordKey, kafkaUsers } from '../kafka/facts.ts';
import { profileTopics } from '../kafka/topics.ts';
import { type JobStep, jobFilesFolder } from '../kit/kubernetes/job.ts';
import type { SettingsOf } from '../kit/kubernetes/pod.ts';
import type { Profile } from '../profile/fields.ts';
import { changefeedDefinition } from './changefeed.ts';
import { ticdcSinkCaFile, ticdcUrls } from './facts.ts';

/** The changefeed of a profile. */
export function profileChangefeed(profile: Profile): ChangefeedDefinition {
  const { authentication } = profile.kafka;
  const [topic] = profileTopics(profile);
  return changefeedDefinition({
    brokers: bootstrapServers(authentication),
    capture: profile.capture,
    topic,
    ...(authentication === 'scram' ? { saslMechanism: 'scram-sha-512', caFile: ticdcSinkCaFile(kafkaCaSecret) } : {}),
  });
}

/** Creates the changefeed, from `changefeed.json` among the Job's files. */
export function createChangefeed({ kafka }: Profile): JobStep {
  return {
    program: 'create-changefeed',
    environment: {
      TICDC_URL: ticdcUrls.kubernetes,
      CHANGEFEED_FILE: `${jobFilesFolder}/changefeed.json`,
      // What a new profile says is brought to the changefeed that runs.
      CHANGEFEED_UPDATE: 'true',
      ...(kafka.authentication === 'scram'
        ? {
            KAFKA_USERNAME: kafkaUsers.ticdc,
            KAFKA_PASSWORD: { secret: kafkaUsers.ticdc, key: kafkaPasswordKey },
          }
        : {}),
    } satisfies SettingsOf<typeof createChangefeedSettings>,
  };
}
