/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The tables and views of the file; they are in tables.sql beside this class. */
final class Tables {
  /** In the header of the file: "ARBT". */
  static final int APPLICATION = 0x41524254;

  /** Grows when an older Arbiter would misread or harm the file. */
  static final int VERSION = 1;

  private Tables() {}

  /** {@return the statements that make them} */
  static List<String> statements() {
    try (InputStream in = Tables.class.getResourceAsStream("tables.sql")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      return List.of(all.strip().split(";\\R"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
