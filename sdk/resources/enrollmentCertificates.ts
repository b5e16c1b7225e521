// https://help.zscaler.com/zpa/obtaining-enrollment-certificate-details-using-api
// Version 2 of the API lists them, version 1 reads one by id.

import { z } from "zod";
import { LookUps } from "./lookUps";
import type { AssociationType } from "./associationTypes";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A certificate as ZPA returns it, including fields that are not listed here. */
export interface EnrollmentCertificate {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether ZPA holds the private key. A provisioning key needs a certificate for which it does. */
  privateKeyPresent: boolean | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  privateKeyPresent: maybe(wireFlag),
  microtenantId: maybe(wireId),
});
const reader: Reader<Same<EnrollmentCertificate, z.output<typeof schema>>> = readerOf(schema);

/** The name of the built-in certificate that keys of each type normally use. */
export const builtInCertificates: Readonly<Record<AssociationType, string>> = {
  CONNECTOR_GRP: "Connector",
  SERVICE_EDGE_GRP: "Service Edge",
};

/**
 * Enrollment certificates, which sign the certificates of enrolling machines. Read-only.
 *
 * @example
 * const certificate = await zpa.enrollmentCertificates.find(builtInCertificates.CONNECTOR_GRP);
 */
export class EnrollmentCertificates extends LookUps<EnrollmentCertificate> {
  constructor(sender: Sender) {
    const names = { singular: "enrollment certificate", plural: "enrollment certificates" };
    super(sender, { version: "v2", path: ["enrollmentCert"], ...names }, reader);
  }
}
