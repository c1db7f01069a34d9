/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import org.jspecify.annotations.Nullable;

/** A value that is bytes already. */
@SuppressWarnings("ArrayRecordComponent") // never compared, never printed
record Encoded(byte[] bytes, Columns columns) implements Store.Value {

  static @Nullable Encoded of(Store.@Nullable Value value) {
    return value == null ? null : new Encoded(value.bytes(), value.columns());
  }
}
