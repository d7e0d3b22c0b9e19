import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { labels } from '../../kit/kubernetes/metadata.ts';
import { renderPeer } from '../../kit/kubernetes/network-peer.ts';
import type { Profile } from '../../profile/fields.ts';
import { type Flow, flows, type PodName, peersOf, pods, type Sender } from './flows.ts';

/** Pods of the namespace accept only connections that are flows of the table, or that their operator allows. */
export function networkPolicies(scope: Construct, profile: Profile): void {
  const { namespace } = profile;
  new k8s.KubeNetworkPolicy(scope, 'default-deny', {
    metadata: { name: 'default-deny', namespace, labels: labels('network', 'setup') },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
  const ours = flows(profile).filter(({ policyBy }) => policyBy === undefined);
  for (const to of new Set(ours.map((flow) => flow.to))) {
    const ingress = ours.filter((flow) => flow.to === to).map((flow) => rule(flow, profile));
    new k8s.KubeNetworkPolicy(scope, to, {
      metadata: { name: `to-${to}`, namespace, labels: labels(to, 'setup') },
      spec: { podSelector: { matchLabels: pods[to satisfies PodName] }, policyTypes: ['Ingress'], ingress },
    });
  }
}

function rule({ from, ports, udp }: Flow, profile: Profile): k8s.NetworkPolicyIngressRule {
  const inside = from.filter((sender): sender is Exclude<Sender, 'people'> => sender !== 'people');
  const protocols = udp === true ? ['TCP', 'UDP'] : ['TCP'];
  return {
    ...(inside.length < from.length
      ? {}
      : { from: inside.flatMap((sender) => peersOf(sender, profile)).map(renderPeer) }),
    ...(ports === 'all'
      ? {}
      : {
          ports: ports.flatMap((port) =>
            protocols.map((protocol) => ({ port: k8s.IntOrString.fromNumber(port), protocol })),
          ),
        }),
  };
}
