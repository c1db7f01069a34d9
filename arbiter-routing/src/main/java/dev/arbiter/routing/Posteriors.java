/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** The layout of what a decision keeps of its draws' distributions. */
final class Posteriors {
  /** Alpha, beta and shift of one Beta; alpha, beta and shift of another; the other's chance. */
  static final int WIDTH = 7;

  private Posteriors() {}
}
