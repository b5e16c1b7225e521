// What a test gives to each example beside the defaults of its Pulumi.yaml.

export const foundationStack = "acme/zpa-foundation/prod";

export const configs = {
  "aws-autoscaling": { foundationStack, subnetIds: ["subnet-a", "subnet-b", "subnet-c"] },
  "aws-service-edge": { foundationStack, subnetIds: ["subnet-a", "subnet-b"], clients: ["10.0.0.0/8"] },
  "azure-vmss": { foundationStack, subnetId: "/subscriptions/subscription/subnets/connectors" },
  "gcp-mig": { foundationStack, subnetwork: "connectors" },
  kubernetes: { foundationStack, chartVersion: "1.2.3" },
};
