/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/** What a number counts, which decides how it is written. */
public enum Unit {
  /** How many. */
  COUNT,
  /** A share from 0 to 1, written as a percentage. */
  SHARE,
  /** US dollars. */
  DOLLARS,
  /** Thousandths of a second. */
  MILLISECONDS
}
