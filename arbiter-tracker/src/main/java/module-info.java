/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
module dev.arbiter.tracker {
  exports dev.arbiter.tracker;

  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
}
