import type { Profile } from './fields.ts';
import type { Rule } from './rule.ts';
import type { ExternalTidb } from './tidb.ts';

export function tidbRules(profile: Profile): readonly Rule[] {
  const { tidb, capture } = profile;
  if ('external' in tidb) return externalRules(profile, tidb.external);
  return [
    ['capture', capture === undefined, 'must name tables'],
    ['tidb.pd.replicas', tidb.pd.replicas % 2 === 0, 'must be odd, so that a majority exists'],
  ];
}

function externalRules({ capture, protocol, demo, peers, kafka }: Profile, tidb: ExternalTidb): readonly Rule[] {
  const { changefeed, ticdc, sql } = tidb;
  const privateCa = 'external' in kafka ? kafka.external.caSecret !== undefined : kafka.authentication === 'scram';
  return [
    ['capture', changefeed && capture === undefined, 'must name tables'],
    ['capture', !changefeed && capture !== undefined, 'must be left out, since the changefeed is not created here'],
    ['protocol', !changefeed && protocol !== undefined, 'must be left out, since the changefeed is not created here'],
    ['tidb.external.ticdc', changefeed && ticdc === undefined, 'must say where TiCDC is, or changefeed must be false'],
    ['tidb.external.ticdc', !changefeed && ticdc !== undefined, 'must be left out, since changefeed is false'],
    [
      'tidb.external.ticdc.kafkaCaFile',
      ticdc !== undefined && ticdc.kafkaCaFile === undefined && privateCa,
      "must be the path of Kafka's certificate authority on the hosts of TiCDC, since TiCDC cannot read the Secret",
    ],
    ['tidb.external.sql', demo && sql === undefined, 'must say where SQL is, since demo is true'],
    ['peers.sql', peers.sql.length > 0, 'must be left out, since TiDB is external'],
  ];
}
