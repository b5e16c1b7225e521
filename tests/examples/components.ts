// The component of each example's own file, with the least that it has to be told.

import type * as pulumi from "@pulumi/pulumi";
import { load, type MockedClouds } from "./mockedClouds";

type Args = Record<string, unknown>;
type Component = new (name: string, args: Args, options?: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

/** Makers of components, to be called inside of a program. @param options of each component @see MockedClouds.runProgram */
export function componentsOf({ foundation }: MockedClouds, options?: pulumi.ComponentResourceOptions) {
  const common = {
    zpaGroup: { id: foundation.appConnectorGroupId, certificateId: foundation.connectorCertificateId },
    minSize: 2,
    maxSize: 6,
    image: "marketplace",
  };
  const onAws = { ...common, subnetIds: ["subnet-a", "subnet-b"], instanceType: "m5a.xlarge" };
  const onAzure = {
    ...common,
    resourceGroupName: "group",
    subnetId: "/subnets/connectors",
    vmSize: "Standard_D4s_v5",
    imageVersion: "latest",
    administrator: { userName: "admin", sshPublicKey: "ssh-rsa AAAA" },
  };
  const onGcp = { ...common, subnetwork: "connectors", machineType: "n2-standard-4" };

  const aws = (name: string, args: Args = {}) => {
    const { ZpaAutoScalingGroup } = load("aws-autoscaling", "zpaAutoScalingGroup") as Record<string, Component>;
    return new ZpaAutoScalingGroup!(name, { ...onAws, ...args }, options);
  };
  return {
    "aws-autoscaling": aws,
    "aws-service-edge": aws,
    "azure-vmss": (name: string, args: Args = {}) => {
      const { AppConnectorScaleSet } = load("azure-vmss", "appConnectorScaleSet") as Record<string, Component>;
      return new AppConnectorScaleSet!(name, { ...onAzure, ...args }, options);
    },
    "gcp-mig": (name: string, args: Args = {}) => {
      const { AppConnectorInstanceGroup } = load("gcp-mig", "appConnectorInstanceGroup") as Record<string, Component>;
      return new AppConnectorInstanceGroup!(name, { ...onGcp, ...args }, options);
    },
  };
}
