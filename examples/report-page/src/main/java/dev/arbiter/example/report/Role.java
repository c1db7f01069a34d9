/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/** What a line or a bar stands for, which decides its colour: the same in every figure. */
public enum Role {
  /** What the learned routing came to. */
  LEARNED,
  /** The same after other agents had their turn. */
  FALLBACK,
  /** Anybody, at random. */
  UNIFORM,
  /** The best agent for everything. */
  BEST,
  /** A bound that was set. */
  LIMIT
}
