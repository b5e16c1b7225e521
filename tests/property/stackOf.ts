// A stack of many keys and credentials, half and half, or of groups, in a tenant whose requests are counted. For counts
// and times.

import type { PulumiFn } from "@pulumi/pulumi/automation";
import { makePassword } from "../harness/canaries";
import { createStack, type StackArgs, type TestStack } from "../harness/stack";
import { type SimulatorOptions, ZpaSimulator } from "../simulator";

/** What one operation cost. */
export interface Cost {
  /** All requests, sign-ins included. */
  calls: number;
  reads: number;
  writes: number;
  /** Those that the server refused for the rate. */
  refusals: number;
  /** Milliseconds from the start of the operation to its end. */
  milliseconds: number;
  /** Milliseconds from the arrival of the first request to the last one's. */
  onTheWire: number;
}

/** How many objects of each kind a stack has. */
export interface Shares {
  connectorKeys: number;
  edgeKeys: number;
  credentials: number;
  connectorGroups?: number;
  edgeGroups?: number;
}

export interface CountedStackOptions extends Partial<StackArgs> {
  simulator?: SimulatorOptions;
}

/** Half connector keys, half credentials. */
export function halves(count: number): Shares {
  return { connectorKeys: Math.ceil(count / 2), edgeKeys: 0, credentials: Math.floor(count / 2) };
}

export class CountedStack {
  /** What the next `up` gives to each key as `maxUsage`, and to each group in its `location`. */
  maxUsage = 10;

  private constructor(
    readonly simulator: ZpaSimulator,
    readonly stack: TestStack,
    private readonly program: { maxUsage: number },
  ) {}

  static async start(shares: Shares, options: CountedStackOptions = {}): Promise<CountedStack> {
    const { simulator: more, ...args } = options;
    const simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" }, ...more });
    return CountedStack.on(simulator, shares, args);
  }

  /** On a tenant that is there already. */
  static async on(simulator: ZpaSimulator, shares: Shares, args: Partial<StackArgs> = {}): Promise<CountedStack> {
    const number = simulator.appConnectorGroups.size;
    const connectors = simulator.addAppConnectorGroup({ name: `connectors ${number}` });
    const edges = simulator.addServiceEdgeGroup({ name: `edges ${number}` });
    const settings = { maxUsage: 10 };
    const password = makePassword();
    const program: PulumiFn = async () => {
      // as a user's program has it: found through the package's own name
      const zpa = await import("pulumi-zpa-dynamic");
      const key = (name: string, associationType: "CONNECTOR_GRP" | "SERVICE_EDGE_GRP", zcomponentId: string) =>
        new zpa.ProvisioningKey(name, { associationType, zcomponentId, maxUsage: settings.maxUsage });
      for (let index = 0; index < shares.connectorKeys; index++) key(`key-${index}`, "CONNECTOR_GRP", connectors.id);
      for (let index = 0; index < shares.edgeKeys; index++) key(`edge-${index}`, "SERVICE_EDGE_GRP", edges.id);
      for (let index = 0; index < shares.credentials; index++) {
        const userName = `user${index}`;
        new zpa.PrivilegedCredential(`credential-${index}`, {
          credentialType: "USERNAME_PASSWORD",
          userName,
          password,
        });
      }
      const { connectorGroups = 0, edgeGroups = 0 } = shares;
      const place = { latitude: 50.1, longitude: 8.7, location: `Rack ${settings.maxUsage}` };
      for (let index = 0; index < connectorGroups; index++) new zpa.AppConnectorGroup(`group-${index}`, place);
      for (let index = 0; index < edgeGroups; index++) new zpa.ServiceEdgeGroup(`edges-${index}`, place);
    };
    const env = { ...simulator.legacyEnvironment(), ...args.env };
    return new CountedStack(simulator, await createStack({ ...args, program, env }), settings);
  }

  /** What an operation costs. */
  async cost(operation: (stack: TestStack) => Promise<unknown>): Promise<Cost> {
    const { simulator, stack } = this;
    this.program.maxUsage = this.maxUsage;
    const from = simulator.log.length;
    const startedAt = performance.now();
    await operation(stack);
    const milliseconds = performance.now() - startedAt;
    const log = simulator.log.slice(from);
    const api = log.filter(({ path }) => path.includes("/mgmtconfig/"));
    return {
      calls: log.length,
      reads: api.filter(({ method }) => method === "GET").length,
      writes: api.filter(({ method }) => method !== "GET").length,
      refusals: log.filter(({ refused }) => refused).length,
      milliseconds,
      onTheWire: api.length === 0 ? 0 : api.at(-1)!.at - api[0]!.at,
    };
  }

  up(): Promise<Cost> {
    return this.cost((stack) => stack.up());
  }

  refresh(): Promise<Cost> {
    return this.cost((stack) => stack.refresh());
  }

  destroy(): Promise<Cost> {
    return this.cost((stack) => stack.destroy());
  }

  async dispose(): Promise<void> {
    this.stack.dispose();
    await this.simulator.close();
  }
}
