/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/** Placeholder. */
public final class Arbiter {
  private Arbiter() {}
}
