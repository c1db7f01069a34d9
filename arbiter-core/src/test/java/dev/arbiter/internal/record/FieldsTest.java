/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.internal.record.Fields.Reader;
import dev.arbiter.internal.record.Fields.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Fields as they are written, byte for byte, and what a reader makes of any bytes. */
class FieldsTest {
  private static byte[] written(Consumer<Writer> content) {
    Writer writer = new Writer();
    content.accept(writer);
    byte[] record = writer.record(1, 'X');
    assertThat(Fields.isSound(record)).isTrue();
    return Arrays.copyOfRange(record, Fields.HEADER, record.length);
  }

  private static Reader reader(byte[] fields) {
    return new Reader(fields, 0, fields.length);
  }

  private static Reader read(Consumer<Writer> content) {
    return reader(written(content));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void a_number_is_small_if_it_is_near_to_zero() {
    assertThat(written(w -> w.number(1, 1))).isEqualTo(bytes(1, 1, 2));
    assertThat(written(w -> w.number(1, -1))).isEqualTo(bytes(1, 1, 1));
    assertThat(written(w -> w.number(1, 63))).isEqualTo(bytes(1, 1, 126));
    assertThat(written(w -> w.number(1, -64))).isEqualTo(bytes(1, 1, 127));
    assertThat(written(w -> w.number(1, 64))).isEqualTo(bytes(1, 2, 0x80, 1));
    assertThat(written(w -> w.number(1, Long.MIN_VALUE))).hasSize(12);
  }

  @Test
  void a_value_that_is_the_default_is_not_written() {
    assertThat(
            written(
                w ->
                    w.number(1, 0).text(2, "").flag(3, false).decimal(4, 0).time(5, Duration.ZERO)))
        .isEmpty();
    Reader none = reader(new byte[0]);
    assertThat(none.number(1)).isZero();
    assertThat(none.count(1)).isZero();
    assertThat(none.text(2)).isEmpty();
    assertThat(none.texts(2)).isEmpty();
    assertThat(none.flag(3)).isFalse();
    assertThat(none.decimal(4)).isZero();
    assertThat(none.time(5)).isEqualTo(Duration.ZERO);
    assertThat(none.instant(6)).isEqualTo(Instant.EPOCH);
    assertThat(none.message(7)).isNull();
    assertThat(none.messages(7, in -> in)).isEmpty();
  }

  @Test
  void an_empty_text_among_texts_is_written() {
    assertThat(read(w -> w.texts(1, List.of("", "a", ""))).texts(1)).containsExactly("", "a", "");
  }

  @Test
  void a_text_is_utf_8_unless_it_has_half_of_a_pair() {
    assertThat(written(w -> w.text(1, "a"))).isEqualTo(bytes(1, 2, 8, 'a'));
    assertThat(written(w -> w.text(1, "\ud83d\ude80"))).hasSize(3 + 4).startsWith(1, 5, 8);
    assertThat(written(w -> w.text(1, "\ud83d"))).isEqualTo(bytes(1, 3, 16, 0xd8, 0x3d));
    for (String odd :
        List.of(
            "a\ud83d", "\ude80\ud83d", "\ude80", "\ude80\ude80", "\ud83d\ud83d\ude80", "\ud83db")) {
      assertThat(written(w -> w.text(1, odd))[2]).as("UTF-16").isEqualTo((byte) 16);
      assertThat(read(w -> w.text(1, odd)).text(1)).isEqualTo(odd);
    }
  }

  @Test
  void decimals_come_back_bit_by_bit() {
    for (double value :
        new double[] {-0.0, Double.NaN, Double.MIN_VALUE, -1, Double.NEGATIVE_INFINITY}) {
      assertThat(Double.doubleToRawLongBits(read(w -> w.decimal(1, value)).decimal(1)))
          .isEqualTo(Double.doubleToRawLongBits(value));
    }
  }

  @Test
  void times_come_back_at_their_limits() {
    for (Instant moment :
        List.of(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.EPOCH.minusNanos(1))) {
      assertThat(read(w -> w.instant(1, moment)).instant(1)).isEqualTo(moment);
    }
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    assertThat(read(w -> w.time(1, longest)).time(1)).isEqualTo(longest);
    assertThat(read(w -> w.time(1, Duration.ofNanos(-1))).time(1)).isEqualTo(Duration.ofNanos(-1));
  }

  @Test
  void the_last_field_of_a_tag_counts_and_messages_are_all() {
    Reader in =
        read(
            w ->
                w.number(1, 4)
                    .number(2, 9)
                    .number(1, 5)
                    .messages(3, List.of(7L, 8L), (m, value) -> m.number(1, value)));

    assertThat(in.number(1)).isEqualTo(5);
    assertThat(in.number(2)).isEqualTo(9);
    assertThat(in.messages(3, m -> m.number(1))).containsExactly(7L, 8L);
    assertThat(Objects.requireNonNull(in.message(3)).number(1)).isEqualTo(8);
  }

  /** A length of one, two or three bytes moves what was written behind it. */
  @Test
  void a_message_of_any_length_comes_back_whole() {
    for (int length : new int[] {0, 1, 120, 123, 124, 125, 126, 127, 128, 250, 16_380, 20_000}) {
      String text = "x".repeat(length);
      Reader in =
          read(w -> w.message(1, outer -> outer.message(2, m -> m.text(3, text)).number(4, 7)));

      Reader outer = Objects.requireNonNull(in.message(1));
      assertThat(Objects.requireNonNull(outer.message(2)).text(3)).isEqualTo(text);
      assertThat(outer.number(4)).isEqualTo(7);
    }
  }

  /** 2,000 records of up to 40 fields, nested to a depth of three, against the list of them. */
  @Test
  void what_was_written_is_read_whatever_it_is() {
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 2_000; i++) {
      List<Consumer<Reader>> checks = new ArrayList<>();
      byte[] fields = written(w -> fill(w, random, checks, 3));

      Reader in = reader(fields);
      checks.forEach(check -> check.accept(in));
    }
  }

  private static void fill(
      Writer w, SplittableRandom random, List<Consumer<Reader>> checks, int depth) {
    int most = random.nextInt(depth == 3 ? 40 : 6);
    for (int tag = 1; tag <= most; tag++) {
      int field = random.nextInt(4) == 0 ? tag * 1_000 : tag;
      long number = random.nextLong() >> random.nextInt(64);
      switch (random.nextInt(depth > 0 ? 6 : 5)) {
        case 0 -> {
          w.number(field, number);
          checks.add(in -> assertThat(in.number(field)).isEqualTo(number));
        }
        case 1 -> {
          String text = "\u00e4".repeat(random.nextInt(100)) + (number > 0 ? "\ud83d" : "");
          w.text(field, text);
          checks.add(in -> assertThat(in.text(field)).isEqualTo(text));
        }
        case 2 -> {
          double value = Double.longBitsToDouble(number);
          w.decimal(field, value);
          checks.add(in -> assertThat(in.decimal(field)).isEqualTo(Double.valueOf(value)));
        }
        case 3 -> {
          w.flag(field, number > 0);
          checks.add(in -> assertThat(in.flag(field)).isEqualTo(number > 0));
        }
        case 4 -> {
          Duration time = Duration.ofNanos(number);
          w.time(field, time);
          checks.add(in -> assertThat(in.time(field)).isEqualTo(time));
        }
        default -> {
          List<Consumer<Reader>> inner = new ArrayList<>();
          w.message(field, m -> fill(m, random, inner, depth - 1));
          checks.add(
              in -> {
                Reader message = Objects.requireNonNull(in.message(field));
                inner.forEach(check -> check.accept(message));
              });
        }
      }
    }
  }

  @Test
  void a_field_that_is_longer_than_the_record_is_refused() {
    for (byte[] bad :
        List.of(
            bytes(1), // a tag alone
            bytes(1, 1), // a length and no value
            bytes(1, 2, 0), // a value that is too short
            bytes(1, 0x80), // a length without an end
            bytes(0x80, 0x80), // a tag without an end
            bytes(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // minus one
            bytes(1, 0xff, 0xff, 0xff, 0xff, 0x07))) { // 2 GB
      assertThatThrownBy(() -> reader(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the record is damaged: a field is longer than it");
    }
    assertThat(reader(bytes(1, 0)).message(1)).as("a field without a value is one").isNotNull();
  }

  @Test
  void a_value_of_another_kind_is_refused() {
    Reader number = read(w -> w.number(1, 1));
    assertThatThrownBy(() -> number.decimal(1)).hasMessageContaining("the record is damaged");
    assertThatThrownBy(() -> number.text(1))
        .hasMessage("the record is damaged: a text without its encoding");
    assertThatThrownBy(() -> reader(bytes(1, 0)).text(1))
        .hasMessage("the record is damaged: a text without its encoding");
    assertThatThrownBy(() -> reader(bytes(1, 0)).number(1)).hasMessageContaining("damaged");
    assertThatThrownBy(() -> reader(bytes(1, 0)).decimal(1)).hasMessageContaining("damaged");
  }

  @Test
  void a_count_is_an_int() {
    assertThat(read(w -> w.number(1, Integer.MAX_VALUE)).count(1)).isEqualTo(Integer.MAX_VALUE);
    assertThat(read(w -> w.number(1, Integer.MIN_VALUE)).count(1)).isEqualTo(Integer.MIN_VALUE);
    for (long far : new long[] {1L << 31, -(1L << 31) - 1}) {
      assertThatThrownBy(() -> read(w -> w.number(1, far)).count(1))
          .hasMessageContaining("the record is damaged");
    }
  }

  @Test
  void a_time_beyond_the_calendar_is_refused() {
    Reader in = read(w -> w.message(1, t -> t.number(1, Long.MAX_VALUE).number(2, 2_000_000_000)));

    assertThatThrownBy(() -> in.instant(1)).hasMessageContaining("the record is damaged");
    assertThatThrownBy(() -> in.time(1)).hasMessageContaining("the record is damaged");
  }

  @Test
  void a_checksum_fits_one_kind_and_all_fields() {
    byte[] record = new Writer().text(1, "abc").record(1, 'X');
    assertThat(Fields.isSound(record)).isTrue();
    for (int i = 1; i < record.length; i++) {
      record[i] ^= 1;
      assertThat(Fields.isSound(record)).as("byte %s", i).isFalse();
      record[i] ^= 1;
    }
    record[0] = 9;
    assertThat(Fields.isSound(record)).as("the version is told before").isTrue();
    assertThat(Fields.isSound(new byte[Fields.HEADER - 1])).isFalse();
    assertThat(Fields.isSound(new Writer().record(1, 'X'))).isTrue();
  }

  @Test
  void a_record_begins_with_its_version_and_kind() {
    byte[] record = new Writer().raw(bytes(1, 1, 2)).record(3, 'X');

    assertThat(record[0]).isEqualTo((byte) 3);
    assertThat(record[1]).isEqualTo((byte) 'X');
    assertThat(record).hasSize(Fields.HEADER + 3);
  }
}
