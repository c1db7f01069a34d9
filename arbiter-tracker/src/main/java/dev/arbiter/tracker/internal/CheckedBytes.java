/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Bytes with a kind and a version before them, and a CRC-32C behind. */
public final class CheckedBytes {
  private static final int HEADER = 2 * Integer.BYTES;
  private static final int CHECKSUM = Integer.BYTES;

  private CheckedBytes() {}

  /** Writes the bytes in between. */
  public interface Body {
    /** Writes; never fails, because it writes to memory. */
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Reads the bytes in between. */
  public interface Reader<T> {
    /** Reads; an exception means that the bytes are cut off. */
    T from(DataInputStream in) throws IOException;
  }

  /** Puts kind, version and checksum around a body. */
  public static byte[] of(int kind, int version, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(kind);
      out.writeInt(version);
      body.writeTo(out);
      byte[] all = bytes.toByteArray();
      out.writeInt(checksum(all, all.length));
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
  }

  /**
   * Reads what {@link #of} wrote.
   *
   * @param name what the bytes are, in a message
   * @throws IllegalArgumentException if they are something else, damaged, or of another version
   */
  public static <T> T read(byte[] bytes, int kind, int version, String name, Reader<T> reader) {
    if (bytes.length < HEADER + CHECKSUM || ByteBuffer.wrap(bytes).getInt() != kind) {
      throw new IllegalArgumentException("these are no " + name);
    }
    int written = ByteBuffer.wrap(bytes).getInt(Integer.BYTES);
    if (written != version) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the %s are of version %d, this library reads version %d",
              name,
              written,
              version));
    }
    int end = bytes.length - CHECKSUM;
    if (ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      throw new IllegalArgumentException("the " + name + " are damaged: the checksum does not fit");
    }
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(bytes, HEADER, end - HEADER))) {
      return reader.from(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("the " + name + " are damaged: they are cut off", e);
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
