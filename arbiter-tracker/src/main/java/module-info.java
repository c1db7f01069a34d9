/* SPDX-License-Identifier: Apache-2.0 */

/** Records what every attempt did at almost no cost, and answers from it. */
module dev.arbiter.tracker {
  exports dev.arbiter.tracker;

  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
  requires org.slf4j;
}
