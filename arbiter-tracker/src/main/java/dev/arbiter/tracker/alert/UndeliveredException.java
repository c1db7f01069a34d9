/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.IOException;

/** An alert was not delivered. The message is Arbiter's own and holds no secret. */
final class UndeliveredException extends IOException {
  private static final long serialVersionUID = 1;

  UndeliveredException(String message) {
    super(message);
  }
}
