/* SPDX-License-Identifier: Apache-2.0 */

/** Records what every attempt did at almost no cost, and answers from it. */
module dev.arbiter.tracker {
  exports dev.arbiter.tracker;
  exports dev.arbiter.tracker.alert;
  exports dev.arbiter.tracker.analysis;
  exports dev.arbiter.tracker.history;
  exports dev.arbiter.tracker.privacy;
  exports dev.arbiter.tracker.summary;
  exports dev.arbiter.tracker.timing;
  exports dev.arbiter.tracker.training;

  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires transitive dev.arbiter.core;
  requires java.management;
  requires org.apache.commons.numbers.gamma;
  requires org.slf4j;
  requires re2j;
  requires static jakarta.mail;
  requires static transitive org.jspecify;
}
