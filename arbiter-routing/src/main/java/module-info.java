/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
module dev.arbiter.routing {
  exports dev.arbiter.routing;

  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
}
