// https://help.zscaler.com/zpa/configuring-app-connectors-using-api

import { EnrolledMachines } from "./enrolledMachines";
import type { Sender } from "../request/apiRequest";

/**
 * App Connectors: the machines that have enrolled with keys of type CONNECTOR_GRP.
 *
 * @example
 * for (const { name } of await zpa.appConnectors.matching({ connected: false })) console.log(name);
 */
export class AppConnectors extends EnrolledMachines {
  constructor(sender: Sender) {
    super(sender, { path: "connector", singular: "App Connector", plural: "App Connectors" });
  }
}
