/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/** The one {@link SpecRef.None}. */
final class Specs {
  static final SpecRef NONE = new SpecRef.None();

  private Specs() {}
}
