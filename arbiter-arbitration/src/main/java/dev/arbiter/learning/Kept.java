/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/** States as bytes: what they are, a version, a checksum, and the state. */
final class Kept {
  private static final int VERSION = 1;

  private Kept() {}

  /** Writes a state. */
  @FunctionalInterface
  interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Reads a state. */
  @FunctionalInterface
  interface Reader {
    void read(DataInputStream in) throws IOException;
  }

  static byte[] write(String what, Body body) {
    try {
      ByteArrayOutputStream state = new ByteArrayOutputStream();
      body.writeTo(new DataOutputStream(state));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(state.size() + 64);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeUTF(what);
      out.writeInt(VERSION);
      out.writeInt(checksum(state.toByteArray()));
      state.writeTo(out);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a state.
   *
   * @throws IllegalArgumentException if the bytes are something else, of a newer version, or
   *     damaged
   */
  static void read(String what, byte[] bytes, Reader reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (!in.readUTF().equals(what)) {
        throw new IllegalArgumentException("the state is not one of " + what);
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "the state of " + what + " is of version " + version + ", this reads " + VERSION);
      }
      int expected = in.readInt();
      byte[] state = in.readAllBytes();
      if (checksum(state) != expected) {
        throw new IllegalArgumentException("the state of " + what + " is damaged");
      }
      reader.read(new DataInputStream(new ByteArrayInputStream(state)));
    } catch (IOException e) {
      throw new IllegalArgumentException("the state of " + what + " is cut short", e);
    }
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
