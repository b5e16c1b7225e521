import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { Tenant } from "./tenant";

const secret = (): string => randomBytes(18).toString("base64url");

/** Fills a tenant as one that has been in use: other people's objects, with secrets made at run time. */
export function seedDemo(tenant: Tenant): void {
  const quickstart = tenant.addAppConnectorGroup({
    name: "Quickstart Connectors",
    description: "For the example programs",
    fields: { location: "Zurich, Switzerland", countryCode: "CH", latitude: "47.3769", longitude: "8.5417" },
  });
  const frankfurt = tenant.addAppConnectorGroup({
    name: "Frankfurt *.corp",
    description: "Connectors for *.corp.example.com",
    fields: { location: "Frankfurt, Germany", countryCode: "DE", latitude: "50.1109", longitude: "8.6821" },
  });
  const edges = tenant.addServiceEdgeGroup({
    name: "Quickstart Service Edges",
    fields: { location: "Zurich, Switzerland", countryCode: "CH", latitude: "47.3769", longitude: "8.5417" },
  });
  const microtenant = tenant.addMicrotenant({ name: "Scope C", description: "A microtenant" });
  tenant.addAppConnectorGroup({ name: "Scope C Connectors", microtenantId: microtenant.id });

  tenant.addKey({ name: "frankfurt-2023", zcomponentId: frankfurt.id, maxUsage: "20", usageCount: "7" });
  tenant.addKey({ name: "test8&^%$", zcomponentId: quickstart.id, maxUsage: "2", usageCount: "2" });
  tenant.addKey({
    name: "Zscaler Deception",
    zcomponentId: frankfurt.id,
    readOnly: true,
    zscalerManaged: true,
  });
  tenant.addKey({ name: "edge-pilot", associationType: "SERVICE_EDGE_GRP", zcomponentId: edges.id, maxUsage: "4" });

  tenant.addCredential({ name: "help desk", userName: "helpdesk", userDomain: "corp.example.com", password: secret() });
  tenant.addCredential({ name: "kiosk", credentialType: "PASSWORD", password: secret() });
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  tenant.addCredential({
    name: "backup",
    credentialType: "SSH_KEY",
    userName: "backup",
    privateKey,
    microtenantId: microtenant.id,
  });
}
