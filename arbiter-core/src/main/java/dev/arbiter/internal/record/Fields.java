/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as fields, each a tag, a length and bytes. Not thread-safe.
 *
 * <p>A field that has its default value (zero, empty) is not written. A reader ignores tags that it
 * does not know, so a newer version may add fields.
 */
final class Fields {
  static final int HEADER = 6;
  private static final int CHECKSUM = 2;

  private Fields() {}

  /** Whether the checksum of a record fits its kind and fields. */
  static boolean isSound(byte[] record) {
    return record.length >= HEADER && ByteBuffer.wrap(record).getInt(CHECKSUM) == checksum(record);
  }

  private static int checksum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record[1]);
    crc.update(record, HEADER, record.length - HEADER);
    return (int) crc.getValue();
  }

  /** Writes fields. */
  static final class Writer {
    /*
     * One buffer for a record and all records within it. The header has its place from the start.
     * The length of a field that is written by others gets one byte, and the field is moved if
     * that is too little.
     */
    private byte[] buffer = new byte[256];
    private int size = HEADER;

    /** The fields as a record: version, kind, checksum, fields. */
    byte[] record(int version, int kind) {
      byte[] record = Arrays.copyOf(buffer, size);
      record[0] = (byte) version;
      record[1] = (byte) kind;
      ByteBuffer.wrap(record).putInt(CHECKSUM, checksum(record));
      return record;
    }

    private void room(int more) {
      if (buffer.length - size < more) {
        buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
      }
    }

    /** Fields that are bytes already. */
    Writer raw(byte[] fields) {
      room(fields.length);
      System.arraycopy(fields, 0, buffer, size, fields.length);
      size += fields.length;
      return this;
    }

    private void varint(long value) {
      room(10);
      size = varint(size, value);
    }

    private int varint(int at, long value) {
      int next = at;
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        buffer[next++] = (byte) ((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      buffer[next++] = (byte) rest;
      return next;
    }

    Writer text(int tag, String value) {
      return value.isEmpty() ? this : markedText(tag, value);
    }

    Writer texts(int tag, Collection<String> values) {
      values.forEach(value -> markedText(tag, value));
      return this;
    }

    Writer number(int tag, long value) {
      if (value == 0) {
        return this;
      }
      varint(tag);
      long zigzag = (value << 1) ^ (value >> 63);
      varint(varintLength(zigzag));
      varint(zigzag);
      return this;
    }

    private static int varintLength(long value) {
      return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    Writer flag(int tag, boolean value) {
      return number(tag, value ? 1 : 0);
    }

    /* By bits, so that NaN and minus zero come back as they were. */
    Writer decimal(int tag, double value) {
      long bits = Double.doubleToRawLongBits(value);
      if (bits == 0) {
        return this;
      }
      varint(tag);
      varint(Double.BYTES);
      return raw(ByteBuffer.allocate(Double.BYTES).putLong(bits).array());
    }

    Writer time(int tag, Duration value) {
      return value.isZero()
          ? this
          : message(tag, w -> w.number(1, value.getSeconds()).number(2, value.getNano()));
    }

    Writer instant(int tag, Instant value) {
      return message(tag, w -> w.number(1, value.getEpochSecond()).number(2, value.getNano()));
    }

    /** A record within the record. */
    Writer message(int tag, Consumer<Writer> content) {
      varint(tag);
      room(1);
      int start = ++size;
      content.accept(this);
      int length = size - start;
      int more = varintLength(length) - 1;
      if (more > 0) {
        room(more);
        System.arraycopy(buffer, start, buffer, start + more, length);
        size += more;
      }
      varint(start - 1, length);
      return this;
    }

    <T> Writer messages(int tag, Collection<T> values, BiConsumer<Writer, T> content) {
      values.forEach(value -> message(tag, inner -> content.accept(inner, value)));
      return this;
    }

    /* UTF-8 cannot hold half of a surrogate pair; a text with one is written as UTF-16. */
    private Writer markedText(int tag, String value) {
      boolean whole = isWhole(value);
      byte[] text = whole ? value.getBytes(UTF_8) : utf16(value);
      varint(tag);
      varint(text.length + 1L);
      room(1);
      buffer[size++] = (byte) (whole ? 8 : 16);
      return raw(text);
    }

    private static byte[] utf16(String value) {
      ByteBuffer chars = ByteBuffer.allocate(value.length() * Character.BYTES);
      chars.asCharBuffer().put(value);
      return chars.array();
    }

    private static boolean isWhole(String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (Character.isSurrogate(c)) {
          boolean pair =
              Character.isHighSurrogate(c)
                  && i + 1 < value.length()
                  && Character.isLowSurrogate(value.charAt(i + 1));
          if (!pair) {
            return false;
          }
          i++;
        }
      }
      return true;
    }
  }

  /** Reads fields in any order; a field that is missing has its default value. */
  static final class Reader {
    private final byte[] bytes;
    private final int from;
    private final int to;

    /**
     * Checks that the fields fit.
     *
     * @throws IllegalArgumentException if they do not fit into these bytes
     */
    Reader(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
      for (int at = from; at < to; at = next(at)) {
        if (next(at) > to || next(at) <= at) {
          throw damaged();
        }
      }
    }

    private static IllegalArgumentException damaged() {
      return new IllegalArgumentException("the record is damaged: a field is longer than it");
    }

    private long varint(int at) {
      long value = 0;
      for (int i = at, shift = 0; shift < Long.SIZE; i++, shift += 7) {
        if (i >= to) {
          throw damaged();
        }
        value |= (bytes[i] & 0x7FL) << shift;
        if (bytes[i] >= 0) {
          return value;
        }
      }
      throw damaged();
    }

    private int skip(int at) {
      int end = at;
      while (end < to && bytes[end] < 0) {
        end++;
      }
      return end + 1;
    }

    private int valueAt(int field) {
      return skip(skip(field));
    }

    private int next(int field) {
      long length = varint(skip(field));
      if (length < 0 || length > to - from) {
        throw damaged();
      }
      return valueAt(field) + (int) length;
    }

    /* The last field of a tag counts. */
    private int find(int tag) {
      int found = -1;
      for (int at = from; at < to; at = next(at)) {
        found = varint(at) == tag ? at : found;
      }
      return found;
    }

    String text(int tag) {
      int at = find(tag);
      return at < 0 ? "" : textAt(at);
    }

    private String textAt(int field) {
      int start = valueAt(field);
      int length = next(field) - start - 1;
      if (length < 0 || (bytes[start] != 8 && bytes[start] != 16)) {
        throw new IllegalArgumentException("the record is damaged: a text without its encoding");
      }
      return bytes[start] == 8
          ? new String(bytes, start + 1, length, UTF_8)
          : ByteBuffer.wrap(bytes, start + 1, length).asCharBuffer().toString();
    }

    List<String> texts(int tag) {
      List<String> all = new ArrayList<>();
      for (int at = from; at < to; at = next(at)) {
        if (varint(at) == tag) {
          all.add(textAt(at));
        }
      }
      return all;
    }

    long number(int tag) {
      int at = find(tag);
      if (at < 0) {
        return 0;
      }
      long zigzag = varint(valueAt(at));
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    int count(int tag) {
      long number = number(tag);
      if (number != (int) number) {
        throw damaged();
      }
      return (int) number;
    }

    boolean flag(int tag) {
      return number(tag) != 0;
    }

    double decimal(int tag) {
      int at = find(tag);
      if (at < 0) {
        return 0;
      }
      if (next(at) - valueAt(at) != Double.BYTES) {
        throw damaged();
      }
      return Double.longBitsToDouble(ByteBuffer.wrap(bytes, valueAt(at), Double.BYTES).getLong());
    }

    Duration time(int tag) {
      Reader inner = message(tag);
      try {
        return inner == null ? Duration.ZERO : Duration.ofSeconds(inner.number(1), inner.number(2));
      } catch (ArithmeticException e) {
        throw damaged();
      }
    }

    Instant instant(int tag) {
      Reader inner = message(tag);
      try {
        return inner == null
            ? Instant.EPOCH
            : Instant.ofEpochSecond(inner.number(1), inner.number(2));
      } catch (DateTimeException | ArithmeticException e) {
        throw damaged();
      }
    }

    @Nullable Reader message(int tag) {
      int at = find(tag);
      return at < 0 ? null : new Reader(bytes, valueAt(at), next(at));
    }

    <T> List<T> messages(int tag, Function<Reader, T> content) {
      List<T> all = new ArrayList<>();
      for (int at = from; at < to; at = next(at)) {
        if (varint(at) == tag) {
          all.add(content.apply(new Reader(bytes, valueAt(at), next(at))));
        }
      }
      return all;
    }
  }
}
