import { defined } from '@tidb-cdc/runtime/defined';
import type { OwnAlertmanager } from '../profile/monitoring.ts';
import type { AlertmanagerOptions } from './alertmanager.ts';

/** The receivers on Kubernetes. Prometheus Operator mounts the Secrets that the Alertmanager resource names. */
export function alertReceivers({ receiver, heartbeatSecret }: OwnAlertmanager): AlertmanagerOptions {
  return {
    ...(receiver === undefined ? {} : receiverOptions(receiver)),
    ...defined({ heartbeatUrlFile: heartbeatSecret && secretFile(heartbeatSecret, 'url') }),
  };
}

function receiverOptions(receiver: NonNullable<OwnAlertmanager['receiver']>): AlertmanagerOptions {
  switch (receiver.type) {
    case 'webhook':
      return { webhook: `file:${secretFile(receiver.secret, 'url')}` };
    case 'slack':
      return { slack: { urlFile: secretFile(receiver.secret, 'url'), channel: receiver.channel } };
    case 'email': {
      const { type: _, secret, ...email } = receiver;
      return { email: { ...email, passwordFile: secretFile(secret, 'password') } };
    }
  }
}

function secretFile(secret: string, key: string): string {
  return `/etc/alertmanager/secrets/${secret}/${key}`;
}
