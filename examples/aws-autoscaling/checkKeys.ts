// Fails when a provisioning key has less than a share of its uses left: node checkKeys.ts 10
// Signs in with what the environment says: ZSCALER_CLIENT_ID and so on. For a schedule, see .github/workflows.
import { ZpaClient } from "pulumi-zpa-dynamic/sdk";

const percent = Number(process.argv[2]);
if (!(percent > 0 && percent < 100))
  throw new Error("usage: node checkKeys.ts <percent of the uses that must be left>");

const zpa = new ZpaClient();

async function main(): Promise<void> {
  for (const type of ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const) {
    for await (const { name, enabled, maxUsage, usageCount = 0 } of zpa.provisioningKeys.list(type)) {
      const left = Math.max(0, maxUsage - usageCount);
      if (enabled === false || left >= (percent / 100) * maxUsage) continue;
      console.error(`${name}: ${left} of ${maxUsage} uses are left, less than ${percent} %`);
      process.exitCode = 1;
    }
  }
}

void main().finally(() => zpa.close());
