package dev.selvedge.deploy;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.host.InstanceHost;

/** What starting a version needs of this node. */
record HostContext(
    Fabric fabric, InstanceHost instances, DeploySettings settings, LoaderLeaks leaks) {
  Lane lane() {
    return fabric.lane(0);
  }
}
