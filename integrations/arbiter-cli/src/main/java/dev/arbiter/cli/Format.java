/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

/** How answers are printed. */
enum Format {
  TEXT,
  JSON,
  SARIF
}
