/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
module dev.arbiter.caws {
  exports dev.arbiter.caws;

  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
}
