import type { Peer } from '../../profile/access.ts';
import { labelSelector, object, text } from './fields.ts';

/** Who may connect, as stated in an operator's resource from which the operator writes the network policy. */
export const networkPolicyPeer = object({
  ipBlock: object({ cidr: text }).optional(),
  namespaceSelector: labelSelector.optional(),
  podSelector: labelSelector.optional(),
});

/** The same, from a peer of the profile. */
export function renderPeer({ namespace, pods, cidr }: Peer) {
  return {
    ...(cidr === undefined ? {} : { ipBlock: { cidr } }),
    ...(namespace === undefined ? {} : { namespaceSelector: { matchLabels: { ...namespace } } }),
    ...(pods === undefined ? {} : { podSelector: { matchLabels: { ...pods } } }),
  };
}
