import type { ChangefeedDefinition } from '@tidb-cdc/jobs/changefeed/definition';
import type { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { defined } from '@tidb-cdc/runtime/defined';
import { kafkaAccess, loginSettings } from '../kafka/facts.ts';
import { profileEventsTopic } from '../kafka/topics.ts';
import { type JobStep, jobFilesFolder } from '../kit/kubernetes/job.ts';
import type { SettingsOf } from '../kit/kubernetes/pod.ts';
import { secretLogin } from '../kit/kubernetes/secret.ts';
import type { Profile } from '../profile/fields.ts';
import { changefeedDefinition } from './changefeed.ts';
import { kafkaOfTicdc, type TicdcAccess } from './facts.ts';

/** The changefeed of a profile. @param capture rules of TiCDC's table filter */
export function profileChangefeed(profile: Profile, capture: readonly string[]): ChangefeedDefinition {
  const { tls, sasl } = kafkaAccess(profile);
  const { brokers, caFile } = kafkaOfTicdc(profile);
  return changefeedDefinition({
    brokers,
    capture,
    protocol: profile.protocol,
    topic: profileEventsTopic(profile),
    tls,
    ...defined({ saslMechanism: sasl?.mechanism, caFile }),
  });
}

const caFolder = '/etc/ticdc-ca';

/** The Secrets that the job mounts as folders: Secret name → folder. */
export function changefeedSecretFolders({ caSecret }: TicdcAccess): Readonly<Record<string, string>> {
  return caSecret === undefined ? {} : { [caSecret]: caFolder };
}

/** Creates the changefeed from `changefeed.json` among the Job's files. */
export function createChangefeed(profile: Profile, { url, secret, caSecret }: TicdcAccess): JobStep {
  const { sasl } = kafkaAccess(profile);
  const login = secret === undefined ? undefined : secretLogin(secret);
  return {
    program: 'create-changefeed',
    environment: {
      TICDC_URL: url,
      CHANGEFEED_FILE: `${jobFilesFolder}/changefeed.json`,
      // Changes in the profile are applied to the running changefeed.
      CHANGEFEED_UPDATE: 'true',
      ...(login === undefined ? {} : { TICDC_USERNAME: login.username, TICDC_PASSWORD: login.password }),
      ...(caSecret === undefined ? {} : { TICDC_CA_FILE: `${caFolder}/ca.crt` }),
      ...(sasl === undefined ? {} : loginSettings(sasl.login('ticdc'))),
    } satisfies SettingsOf<typeof createChangefeedSettings>,
  };
}
