/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine;

/** Reads {@code --now}. */
final class NowOption implements CommandLine.ITypeConverter<Instant> {
  @Override
  public Instant convert(String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new CommandLine.TypeConversionException(
          "'" + value + "' is no moment with a zone, such as 2026-01-31T12:00:00Z");
    }
  }
}
