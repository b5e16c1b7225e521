// The public surface of each entry point, as a report in docs/api: a change of it shows in a diff. `npm run api` writes the
// reports; a test compares.

import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import path from "node:path";
import { repositoryRoot } from "./harness/environment";

/** What users import, by the name of its report. */
export const entryPoints = {
  "pulumi-zpa-dynamic": "provider/index",
  "pulumi-zpa-dynamic-sdk": "sdk/index",
  "pulumi-zpa-dynamic-simulator": "tests/simulator/index",
} as const;

const silent = { default: { logLevel: ExtractorLogLevel.None } };

/** Whether the report differs from the declarations in `dist`; written, it does not any more. */
export function isOutdated(name: keyof typeof entryPoints, isWritten = false): boolean {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: repositoryRoot,
      mainEntryPointFilePath: path.join(repositoryRoot, "dist", `${entryPoints[name]}.d.ts`),
      newlineKind: "lf",
      compiler: { tsconfigFilePath: path.join(repositoryRoot, "tsconfig.json") },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: path.join(repositoryRoot, "docs", "api"),
        reportTempFolder: path.join(repositoryRoot, "reports", "api"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(repositoryRoot, "package.json"),
  });
  return Extractor.invoke(config, { localBuild: isWritten, messageCallback: (message) => (message.handled = true) })
    .apiReportChanged;
}

if (require.main === module)
  for (const name of Object.keys(entryPoints)) isOutdated(name as keyof typeof entryPoints, true);
