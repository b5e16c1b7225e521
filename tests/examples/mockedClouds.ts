// Runs an example with Pulumi's mocks in place of the engine, ZPA and the clouds, and records its graph: every resource
// with its inputs, secrets marked.

import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { configOf, type Example, folderOf, projectOf } from "./project";

type Values = Record<string, unknown>;

/** A resource that a program has registered. */
export interface Registered {
  type: string;
  name: string;
  inputs: Values;
}

/** A text somewhere in a resource's inputs. */
export interface Leaf {
  resource: Registered;
  /** As in `osProfile.adminPassword`. */
  path: string;
  value: string;
  secret: boolean;
}

/** What a run has registered, called and exported. */
export class Graph {
  readonly resources: Registered[] = [];
  readonly calls: { token: string; inputs: Values }[] = [];
  /** What the boot script was asked to do, for each of the program's. */
  readonly bootScripts: pulumi.Unwrap<zpa.EnrollmentUserDataArgs>[] = [];
  exports: Values = {};

  /** The only resource whose type ends so. */
  the(type: string): Registered {
    const found = this.resources.filter((resource) => resource.type.endsWith(type));
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
    return found[0]!;
  }

  /** Inputs of {@link the}, with the secrets opened. */
  inputs<T = Values>(type: string): T {
    return opened(this.the(type).inputs) as T;
  }

  /** Every text in the inputs of every resource. */
  leaves(): Leaf[] {
    return this.resources.flatMap((resource) => leavesOf(resource, resource.inputs, "", false));
  }
}

/** How the engine's protocol marks a secret, see `specialSigKey` in @pulumi/pulumi/runtime/rpc. */
const signature = { key: "4dabf18193072939515e22adb298388d", secret: "1b47061264138c4ac30d75fd1eb44270" };

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && (value as Values)[signature.key] === signature.secret;
}

function leavesOf(resource: Registered, value: unknown, path: string, secret: boolean): Leaf[] {
  if (isSecret(value)) return leavesOf(resource, value.value, path, true);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      leavesOf(resource, inner, path === "" ? key : `${path}.${key}`, secret),
    );
  }
  return typeof value === "string" ? [{ resource, path, value, secret }] : [];
}

/** The same without the marks of secrets. */
function opened(value: unknown): unknown {
  if (isSecret(value)) return opened(value.value);
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

const digits = () => String(BigInt(`0x${randomBytes(7).toString("hex")}`));

/** A tenant and its clouds that answer the same to the same question, in as many runs as a test makes. */
export class MockedClouds {
  /** What the foundation stack has exported. */
  readonly foundation = {
    appConnectorGroupId: digits(),
    connectorCertificateId: digits(),
    serviceEdgeGroupId: digits(),
    serviceEdgeCertificateId: digits(),
    microtenantId: digits(),
  };
  /** The texts of the keys that were made, by their logical names. */
  readonly keyTexts = new Map<string, string>();
  readonly privateKey = `-----BEGIN RSA PRIVATE KEY-----\n${randomBytes(24).toString("base64")}\n`;
  readonly publicKey = `ssh-rsa ${randomBytes(24).toString("base64")}`;
  private readonly suffix = randomBytes(4).toString("hex");

  /** @param partition of AWS */
  constructor(private readonly partition = "aws") {}

  /** Runs the example's own index.ts to its end. @param config beside the defaults of Pulumi.yaml */
  async run(example: Example, config: Values): Promise<Graph> {
    return this.runProgram(example, config, () => load(example, "index") as Values);
  }

  /** Runs another program in the example's project. @param program returns what the stack exports */
  async runProgram(example: Example, config: Values, program: () => Values): Promise<Graph> {
    const graph = new Graph();
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs, id }) => {
          const registered = { type, name, inputs: inputs as Values };
          graph.resources.push(registered);
          const state = { ...registered.inputs, ...this.outputsOf(registered) };
          return { id: id || `${name}-${this.suffix}`, state };
        },
        call: ({ token, inputs }) => {
          graph.calls.push({ token, inputs: inputs as Values });
          return answers[token]?.(inputs as Values, this.partition) ?? {};
        },
      },
      projectOf(example).name,
      "test",
      false,
      "acme",
    );
    pulumi.runtime.setAllConfig(configOf(example, config));
    const restore = listenToBootScripts(graph);
    try {
      const exported = program();
      graph.exports = await new Promise((resolve) =>
        pulumi.output(exported).apply((known) => resolve(known as Values)),
      );
      await pulumi.runtime.disconnect();
    } finally {
      restore();
    }
    return graph;
  }

  /** The text of the key with this logical name. */
  keyText(name: string): string {
    const text = this.keyTexts.get(name);
    if (text === undefined) throw new Error("no such key was made");
    return text;
  }

  /** What each cloud adds to the inputs. */
  private outputsOf(resource: Registered): Values {
    const inputs = opened(resource.inputs) as Values;
    const { type, name } = resource;
    const id = `${name}-${this.suffix}`;
    // a name that the provider makes, and another one for a replacement
    const made = `${id}-${digest(inputs).slice(0, 6)}`;
    switch (type) {
      case "pulumi:pulumi:StackReference":
        return { outputs: this.foundation, secretOutputNames: [] };
      case "pulumi-nodejs:dynamic/zpa:ProvisioningKey": {
        const text = this.keyTexts.get(name) ?? `3|zpa.example.com|${randomBytes(300).toString("base64")}`;
        this.keyTexts.set(name, text);
        return { provisioningKey: text, usageCount: 0, remainingUses: inputs["maxUsage"] };
      }
      case "tls:index/privateKey:PrivateKey":
        // by the engine, for additionalSecretOutputs says so
        return { privateKeyPem: pulumi.secret(this.privateKey), publicKeyOpenssh: this.publicKey };
      case "aws:secretsmanager/secret:Secret":
        return { arn: `arn:${this.partition}:secretsmanager:eu-central-1:123456789012:secret:${id}` };
      case "aws:secretsmanager/secretVersion:SecretVersion":
        return { versionId: digest(inputs).slice(0, 36) };
      case "aws:iam/instanceProfile:InstanceProfile":
        return { arn: `arn:aws:iam::123456789012:instance-profile/${id}` };
      case "aws:ec2/launchTemplate:LaunchTemplate":
        return { latestVersion: parseInt(digest(inputs).slice(0, 6), 16) };
      case "azure-native:keyvault:Secret": {
        const secretUri = `https://${String(inputs["vaultName"])}.vault.azure.net/secrets/${name}`;
        return {
          // the worst case: a provider that tells all of a block secret when one of its values is
          properties: pulumi.secret({
            secretUri,
            secretUriWithVersion: `${secretUri}/${digest(inputs).slice(0, 32)}`,
          }),
        };
      }
      case "azure-native:managedidentity:UserAssignedIdentity":
        return { clientId: "1f2e3d4c-0000-4000-8000-0123456789ab", principalId: "principal" };
      case "gcp:secretmanager/secret:Secret":
        return { name: `projects/1234/secrets/${String(inputs["secretId"])}` };
      case "gcp:secretmanager/secretVersion:SecretVersion":
        return { name: `projects/1234/secrets/${String(inputs["secret"])}/versions/${digest(inputs).slice(0, 6)}` };
      case "gcp:serviceaccount/account:Account":
        return { email: `${name}@project.iam.gserviceaccount.com` };
      case "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate":
        return { selfLink: `https://compute.example.com/regionInstanceTemplates/${made}` };
      default:
        return { name: inputs["name"] ?? id };
    }
  }
}

/** A module of the example, loaded anew together with all that its folder holds. */
export function load(example: Example, module: string): unknown {
  const folder = folderOf(example) + path.sep;
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
  return require(path.join(folder, module));
}

/** Tells the graph of each call of `enrollmentUserData`, which goes on to the real one. @returns what ends it */
function listenToBootScripts(graph: Graph): () => void {
  const module = require.cache[require.resolve("pulumi-zpa-dynamic")]!;
  module.exports = {
    ...zpa,
    enrollmentUserData: (args: zpa.EnrollmentUserDataArgs) => {
      pulumi.output(args).apply((known) => graph.bootScripts.push(known));
      return zpa.enrollmentUserData(args);
    },
  };
  return () => (module.exports = zpa);
}

/** What the clouds' functions answer. */
const answers: Record<string, (inputs: Values, partition: string) => Values> = {
  "aws:index/getPartition:getPartition": (_inputs, partition) => ({ partition }),
  "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  "aws:index/getServicePrincipal:getServicePrincipal": ({ serviceName }, partition) => ({
    name: `${String(serviceName)}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`,
  }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ id, vpcId: `vpc-of-${String(id)}` }),
  "aws:ec2/getAmi:getAmi": (inputs) => ({ id: `ami-${digest(inputs).slice(0, 17)}`, rootDeviceName: "/dev/sda1" }),
  "azure-native:authorization:getClientConfig": () => ({ tenantId: "tenant", subscriptionId: "subscription" }),
  "gcp:compute/getZones:getZones": () => ({
    names: ["ai1a", "d", "c", "a", "b"].map((zone) => `europe-west3-${zone}`),
  }),
  "gcp:compute/getSubnetwork:getSubnetwork": () => ({ network: "the-network", project: "host-project" }),
  "gcp:compute/getImage:getImage": (inputs) => ({ selfLink: `https://compute.example.com/${digest(inputs)}` }),
};
