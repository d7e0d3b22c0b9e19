import type { Peer } from '../../profile/access.ts';
import { labelSelector, object, text } from './fields.ts';

/** Whom a network policy lets in, as the resource of an operator that writes the policy says it. */
export const networkPolicyPeer = object({
  ipBlock: object({ cidr: text }).optional(),
  namespaceSelector: labelSelector.optional(),
  podSelector: labelSelector.optional(),
});

/** The same of a peer of ours. */
export function renderPeer({ namespace, pods, cidr }: Peer) {
  return {
    ...(cidr === undefined ? {} : { ipBlock: { cidr } }),
    ...(namespace === undefined ? {} : { namespaceSelector: { matchLabels: { ...namespace } } }),
    ...(pods === undefined ? {} : { podSelector: { matchLabels: { ...pods } } }),
  };
}
