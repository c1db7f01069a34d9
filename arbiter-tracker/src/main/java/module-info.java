/* SPDX-License-Identifier: Apache-2.0 */

/** Records what every attempt did at almost no cost, and answers from it. */
module dev.arbiter.tracker {
  exports dev.arbiter.tracker;
  // H
  exports dev.arbiter.tracker.history;
  exports dev.arbiter.tracker.privacy;
  exports dev.arbiter.tracker.training;

  // T

  requires transitive dev.arbiter.core;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires re2j;
  requires static transitive org.jspecify;
}
