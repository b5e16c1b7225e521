import { ZpaClient } from "pulumi-zpa-dynamic/sdk";

// Signs in with what the environment says: ZSCALER_CLIENT_ID and so on, or ZPA_CLIENT_ID and so on.
const zpa = new ZpaClient();

async function main(): Promise<void> {
  for (const type of ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const) {
    for await (const { name, maxUsage, usageCount = 0 } of zpa.provisioningKeys.list(type)) {
      if (usageCount >= 0.8 * maxUsage) console.log(`${name}: ${usageCount} of ${maxUsage} uses are spent`);
    }
  }
}

void main().finally(() => zpa.close());
