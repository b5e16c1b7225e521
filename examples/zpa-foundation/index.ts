import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();
const serviceEdgeGroup = config.get("serviceEdgeGroup");

const microtenant = zpa.getMicrotenantOutput({ name: config.require("microtenant") });
const inMicrotenant = { microtenantId: microtenant.id };

// With a location the groups are made there; without one they are there already.
const location = config.get("location");
const place = location
  ? { location, latitude: config.require("latitude"), longitude: config.require("longitude"), ...inMicrotenant }
  : undefined;
const appConnectorGroup = config.require("appConnectorGroup");

// Ids and nothing else: what a stack exports, every stack that refers to it can read.
export const microtenantId = microtenant.id;
export const appConnectorGroupId = place
  ? new zpa.AppConnectorGroup("connectors", { name: appConnectorGroup, ...place }).id
  : zpa.getAppConnectorGroupOutput({ name: appConnectorGroup, ...inMicrotenant }).id;
export const connectorCertificateId = zpa.getEnrollmentCertificateOutput({ name: "Connector" }).id;

// Only where there are Private Service Edges; requireOutput in another stack then fails with the name it misses.
export const serviceEdgeGroupId = serviceEdgeGroup
  ? place
    ? new zpa.ServiceEdgeGroup("service-edges", { name: serviceEdgeGroup, ...place }).id
    : zpa.getServiceEdgeGroupOutput({ name: serviceEdgeGroup, ...inMicrotenant }).id
  : undefined;
export const serviceEdgeCertificateId = serviceEdgeGroup
  ? zpa.getEnrollmentCertificateOutput({ name: "Service Edge" }).id
  : undefined;
