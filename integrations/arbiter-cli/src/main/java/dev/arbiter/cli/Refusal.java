/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

/** Input that cannot be used; the message is for the user. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refusal(String message) {
    super(message, null, false, false);
  }
}
